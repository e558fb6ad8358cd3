import { linearAxis, logAxis } from './chart-axis.ts';
import type { Axis } from './chart-axis.ts';
import type { FrontLine } from './front-line.ts';
import type { FrontAxis, FrontRow } from './front-row.ts';
import type { FrontTable } from './front-table.ts';
import type { PublishedNetwork } from './published-network.ts';
import { axes, escapeXml, line, plot, round, shorten, svgStyle, text } from './svg-parts.ts';
import type { Frame } from './svg-parts.ts';
import { prefixFor } from './quantity.ts';

// Distinguishable with the common colour vision deficiencies (Okabe and Ito), readable on light and dark ground.
const palette = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];
const width = 860;
const height = 530;
const mostLabels = 14;
const mostLegend = 18;

/** The trials of one continuation, or of one experiment without continuations; references are not part of it. */
interface Group {
  readonly name: string;
  readonly experiment: number;
  readonly rows: readonly FrontRow[];
}

export interface FrontSvgOptions {
  readonly logX?: boolean;
  /** Drawn as vertical lines: limits on the x axis, in its units. */
  readonly limits?: readonly number[];
  /** Experiments (ids) whose own staircases are drawn when there are several; all when left out. */
  readonly staircases?: readonly string[];
}

const axisWords: Readonly<Record<FrontAxis, readonly [unit: string, title: string]>> = {
  macs: ['MACs', 'MACs'],
  params: ['parameters', 'parameters'],
  activationBytes: ['B', 'B of activations'],
  latency: ['ms', 'ms, measured p50'],
};

/**
 * A front as an SVG drawing: the front as a staircase with its points and knee, the trajectory of each series drawn lightly, reference
 * trials as open diamonds, published networks as filled ones; several experiments differ in colour and shape and have staircases of their
 * own. Costs carry their unit, the metric is in per cent; follows the reader's light or dark setting.
 */
export function frontSvg(table: FrontTable, title: string, options: FrontSvgOptions = {}): string {
  const largest = table.rows.reduce((most, row) => Math.max(most, row.x), 0);
  const prefix = table.axis === 'latency' ? { sign: '', factor: 1 } : prefixFor(largest);
  const frame = frameOf(table, prefix.factor, options);
  const experiments = [...new Set(table.points.map((row) => row.experiment))];
  const names = new Map(table.lines.map(({ experiment, name }) => [experiment, name]));
  const seriesName = ({ experiment, trial: { series } }: FrontRow): string => {
    const name = names.get(experiment) ?? experiment;
    return series === undefined ? name : experiments.length < 2 ? series : `${name}: ${series}`;
  };
  const groups = [...Map.groupBy(table.rows, seriesName)].map(([name, rows]) => ({
    name,
    experiment: experiments.indexOf(rows[0]?.experiment ?? ''),
    rows: rows.filter((row) => row.trial.role !== 'reference'),
  }));
  const colors = new Map(groups.map(({ name }, i) => [name, palette[i % palette.length] as string]));
  const color = (row: FrontRow): string => colors.get(seriesName(row)) ?? (palette[0] as string);
  const shape = (row: FrontRow): number => (experiments.length < 2 ? 0 : experiments.indexOf(row.experiment));
  const [unit, words] = axisWords[table.axis];
  const label = `${prefix.sign === '' ? '' : `${prefix.sign} `}${words}, less is better${options.logX === true ? ' (log)' : ''}`;
  const inside = table.published.filter(({ value, ...entry }) => value !== null && isInside(frame, publishedX(entry, table.axis), value));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>${svgStyle}</style>`,
    `<rect class="ground" width="${width}" height="${height}"/>`,
    text(plot.left, 28, shorten(title, 90), 'title'),
    ...subtitle(table).map((words, i) => text(plot.left, 45 + 13 * i, words, 'small')),
    axes(frame, label, `${metricLabel(table)} in %, more is better`),
    ...(options.limits ?? []).filter((limit) => isInside(frame, limit, undefined)).map((limit) => limitLine(frame, limit, unit)),
    stairs(table.joint, table, frame, 'stairs', true),
    ...ownStairs(table, frame, options, (row) => color(row)),
    ...groups.map((group) => trajectory(group.rows, frame, color)),
    ...table.rows.toReversed().map((row) => mark(row, frame, color(row), shape(row))),
    ...inside.map((entry) => publishedMark(entry, table.axis, frame)),
    labels(table, frame),
    legend(table, groups, color, experiments.length > 1, inside.length > 0),
    '</svg>',
    '',
  ].join('\n');
}

function metricLabel(table: FrontTable): string {
  const split = table.rows[0]?.split ?? '';
  return split === '' ? table.metric : `${table.metric} on ${split}`;
}

/** Two lines at most: what is counted, and what makes it hard to compare. */
function subtitle(table: FrontTable): string[] {
  const kinds = [...new Set(table.rows.map((row) => row.kind).filter((kind) => kind !== ''))];
  const outside = table.rows.filter((row) => row.trial.exclusion !== undefined).length;
  const facts = [
    `front ${table.rows.filter((row) => row.isOnFront).length} of ${table.rows.length} trials`,
    ...(table.hypervolume === undefined ? [] : [`hypervolume ${table.hypervolume.toFixed(3)}`]),
    ...(kinds.length === 0 ? [] : [`scores: ${kinds.join(', ')}`]),
    ...(table.skipped === 0 ? [] : [`${table.skipped} without a score`]),
    ...(outside === 0 ? [] : [`${outside} excluded`]),
  ];
  return [facts.join(' · '), ...(table.warnings.length === 0 ? [] : [shorten(table.warnings.join(' · '), 130)])];
}

function frameOf(table: FrontTable, factor: number, { logX, limits = [] }: FrontSvgOptions): Frame {
  const xs = [...table.rows.map((row) => row.x), ...limits].map((value) => value / factor);
  const ys = table.rows.map((row) => 100 * row.y);
  const [lowX, highX] = rangeOf(xs);
  const [lowY, highY] = rangeOf(ys);
  const isLog = logX === true && lowX > 0;
  const x = xs.length === 0 ? linearAxis(0, 1) : isLog ? logAxis(lowX * 0.95, highX * 1.03) : linearAxis(lowX * 0.9, highX * 1.03);
  const y = ys.length === 0 ? linearAxis(0, 1) : linearAxis(lowY - 0.5, highY + 0.5);
  const scale = (value: number): number => (isLog ? Math.log(value) : value);
  const along = (value: number, axis: Axis): number => (value - axis.from) / (axis.to - axis.from);
  const alongX = (value: number): number => (scale(value) - scale(x.from)) / (scale(x.to) - scale(x.from));
  return {
    x,
    y,
    isLog,
    px: (value) => round(plot.left + alongX(value / factor) * (plot.right - plot.left)),
    py: (value) => round(plot.bottom - along(100 * value, y) * (plot.bottom - plot.top)),
  };
}

function rangeOf(values: readonly number[]): readonly [number, number] {
  return values.reduce<[number, number]>(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
}

function isInside(frame: Frame, x: number, y: number | undefined): boolean {
  const px = frame.px(x);
  const py = y === undefined ? plot.top : frame.py(y);
  return px >= plot.left && px <= plot.right && py >= plot.top && py <= plot.bottom;
}

function stairs(front: FrontLine, table: FrontTable, frame: Frame, style: string, filled: boolean, stroke?: string): string {
  const rows = front.points.map((index) => table.points[index] as FrontRow);
  const [first] = rows;
  if (first === undefined) return '';
  const steps = rows
    .slice(1)
    .map((row) => `H${frame.px(row.x)}V${frame.py(row.y)}`)
    .join('');
  const path = `M${frame.px(first.x)} ${plot.bottom}V${frame.py(first.y)}${steps}H${plot.right}`;
  const drawn = `<path class="${style}"${stroke === undefined ? '' : ` stroke="${stroke}"`} d="${path}"/>`;
  return filled ? `<path class="dominated" d="${path}V${plot.bottom}Z"/>\n${drawn}` : drawn;
}

function ownStairs(table: FrontTable, frame: Frame, { staircases }: FrontSvgOptions, color: (row: FrontRow) => string): string[] {
  if (table.lines.length < 2) return [];
  return table.lines
    .filter(({ experiment }) => staircases?.includes(experiment) ?? true)
    .flatMap((own) => {
      const row = table.points[own.points[0] ?? -1];
      return row === undefined ? [] : [stairs(own, table, frame, 'own-stairs', false, color(row))];
    });
}

function trajectory(rows: readonly FrontRow[], frame: Frame, color: (row: FrontRow) => string): string {
  const first = rows[0];
  if (first === undefined || rows.every((row) => row.trial.role === 'front')) return '';
  const ordered = rows.toSorted((a, b) => a.trial.number - b.trial.number);
  const points = ordered.map((row) => `${frame.px(row.x)},${frame.py(row.y)}`).join(' ');
  return `<polyline class="trajectory" stroke="${color(first)}" points="${points}"/>`;
}

function mark(row: FrontRow, frame: Frame, color: string, shape: number): string {
  const px = frame.px(row.x);
  const py = frame.py(row.y);
  const hint = `<title>${escapeXml(`${row.experiment} t${row.trial.number}: ${row.trial.cost.macs} MACs, ${(100 * row.y).toFixed(2)} %`)}</title>`;
  if (row.trial.exclusion !== undefined || !row.isFeasible) {
    return `<path class="cross" stroke="${color}" d="M${px - 3.5} ${py - 3.5}l7 7m0 -7l-7 7">${hint}</path>`;
  }
  switch (row.trial.role) {
    case 'reference':
      return `<path class="reference" d="M${px} ${py - 7}l7 7l-7 7l-7 -7z">${hint}</path>`;
    case 'trajectory':
      return figure(shape, px, py, 3, `class="light" fill="${color}"`, hint);
    case 'front': {
      const halo = row.isKnee ? `<circle class="halo" cx="${px}" cy="${py}" r="9"/>` : '';
      const bar =
        row.spread === undefined
          ? ''
          : `<path class="bar" stroke="${color}" d="M${px} ${frame.py(row.y - row.spread.sd)}V${frame.py(row.y + row.spread.sd)}"/>`;
      return `${halo}${bar}${figure(shape, px, py, 5.5, `${row.isOnFront ? '' : 'class="light" '}fill="${color}"`, hint)}`;
    }
  }
}

/** The n-th experiment has the n-th shape, so that colour is never needed to tell them apart. */
function figure(shape: number, px: number, py: number, r: number, attributes: string, inner: string): string {
  const at = (dx: number, dy: number): string => `${round(px + dx * r)} ${round(py + dy * r)}`;
  switch (shape % 4) {
    case 1:
      return `<path ${attributes} d="M${at(0, -1.2)}L${at(1.1, 0.9)}L${at(-1.1, 0.9)}Z">${inner}</path>`;
    case 2:
      return `<path ${attributes} d="M${at(-0.9, -0.9)}L${at(0.9, -0.9)}L${at(0.9, 0.9)}L${at(-0.9, 0.9)}Z">${inner}</path>`;
    case 3:
      return `<path ${attributes} d="M${at(0, 1.2)}L${at(1.1, -0.9)}L${at(-1.1, -0.9)}Z">${inner}</path>`;
    default:
      return `<circle ${attributes} cx="${px}" cy="${py}" r="${r}">${inner}</circle>`;
  }
}

function publishedX(entry: Omit<PublishedNetwork, 'value'>, axis: FrontAxis): number {
  return axis === 'latency' ? NaN : entry[axis];
}

function publishedMark(entry: PublishedNetwork, axis: FrontAxis, frame: Frame): string {
  const px = frame.px(publishedX(entry, axis));
  const py = frame.py(entry.value ?? NaN);
  return (
    `<path class="published" d="M${px} ${py - 7}l7 7l-7 7l-7 -7z"><title>${escapeXml(`${entry.name}: published, ${entry.source}`)}</title></path>` +
    text(px + 11, py + 4, shorten(entry.name, 24), 'small')
  );
}

function limitLine(frame: Frame, limit: number, unit: string): string {
  const px = frame.px(limit);
  const prefix = unit === 'ms' ? { sign: '', factor: 1 } : prefixFor(limit);
  const words = `≤ ${Number((limit / prefix.factor).toPrecision(4))} ${[prefix.sign, unit].filter((part) => part !== '').join(' ')}`;
  return line('limit', px, plot.top, px, plot.bottom) + text(px - 5, plot.top + 12, words, 'small', 'end');
}

/** Names of the front's points, to the upper left, where nothing of the front can lie. */
function labels(table: FrontTable, frame: Frame): string {
  const named = table.rows.filter((row) => row.isOnFront || row.trial.role === 'reference');
  const shown = named.length <= mostLabels ? named : named.filter((row) => row.isKnee || row.trial.role === 'reference');
  return shown
    .map((row) => {
      const words = `t${row.trial.number}${row.count > 1 ? ` ×${row.count}` : ''}${row.isKnee ? ' knee' : ''}`;
      return row.trial.role === 'reference'
        ? text(frame.px(row.x), frame.py(row.y) + 22, words, 'small', 'middle')
        : text(frame.px(row.x) - 9, frame.py(row.y) - 8, words, 'small', 'end');
    })
    .join('\n');
}

function legend(
  table: FrontTable,
  groups: readonly Group[],
  color: (row: FrontRow) => string,
  hasShapes: boolean,
  hasPublished: boolean,
): string {
  const left = plot.right + 22;
  const entries = groups
    .slice(0, mostLegend)
    .flatMap(({ name, experiment, rows: [row] }) =>
      row === undefined
        ? []
        : [{ sign: (y: number) => figure(hasShapes ? experiment : 0, left, y, 5, `fill="${color(row)}"`, ''), words: name }],
    );
  const more = groups.length - mostLegend;
  if (more > 0) entries.push({ sign: () => '', words: `and ${more} more` });
  const has = (is: (row: FrontRow) => boolean): boolean => table.rows.some(is);
  if (has((row) => row.trial.role === 'trajectory')) {
    entries.push({ sign: (y) => `<circle class="light" cx="${left}" cy="${y}" r="3" fill="${palette[0]}"/>`, words: 'pale: on the way' });
  }
  if (has((row) => row.trial.role === 'reference')) {
    entries.push({ sign: (y) => `<path class="reference" d="M${left} ${y - 6}l6 6l-6 6l-6 -6z"/>`, words: 'reference, not shrunk' });
  }
  if (hasPublished) {
    entries.push({ sign: (y) => `<path class="published" d="M${left} ${y - 6}l6 6l-6 6l-6 -6z"/>`, words: 'published' });
  }
  if (has((row) => row.trial.exclusion !== undefined || !row.isFeasible)) {
    entries.push({
      sign: (y) => `<path class="cross" stroke="${palette[0]}" d="M${left - 3.5} ${y - 3.5}l7 7m0 -7l-7 7"/>`,
      words: 'over a limit, or excluded',
    });
  }
  return entries
    .map((entry, i) => {
      const y = plot.top + 8 + 22 * i;
      return entry.sign(y) + text(left + 13, y + 4, shorten(entry.words, 26), 'small');
    })
    .join('\n');
}
