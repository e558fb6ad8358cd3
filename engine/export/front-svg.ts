import { linearAxis } from './chart-axis.ts';
import type { Axis } from './chart-axis.ts';
import type { FrontRow, FrontTable } from './front-table.ts';
import { prefixFor } from './quantity.ts';

// Distinguishable with the common colour vision deficiencies (Okabe and Ito), readable on light and dark ground.
const palette = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];
const width = 860;
const plot = { left: 74, top: 62, right: 640, bottom: 470 };
const height = 530;
const mostLabels = 14;

const style = `
  .ground { fill: #ffffff } text { fill: #24292f; font: 13px system-ui, sans-serif } .title { font-size: 17px; font-weight: 600 }
  .small { font-size: 11.5px; fill: #57606a } .grid { stroke: #d8dee4; stroke-width: 1 } .axis { stroke: #57606a; stroke-width: 1 }
  .stairs { fill: none; stroke: #57606a; stroke-width: 1.6 } .dominated { fill: #57606a; opacity: 0.07 }
  .trajectory { fill: none; stroke-width: 1.2; opacity: 0.35 } .light { opacity: 0.4 } .halo { fill: none; stroke: #24292f; stroke-width: 1.6 }
  .reference { fill: none; stroke: #24292f; stroke-width: 1.8 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #16181d } text { fill: #e6edf3 } .small { fill: #9aa4ae } .grid { stroke: #2c313a } .axis { stroke: #9aa4ae }
    .stairs { stroke: #9aa4ae } .dominated { fill: #9aa4ae; opacity: 0.1 } .halo, .reference { stroke: #e6edf3 }
  }`;

interface Frame {
  readonly x: Axis;
  readonly y: Axis;
  /** Position in px of a cost as counted and of a metric as a fraction. */
  px(x: number): number;
  py(y: number): number;
}

/** The trials of one continuation, or of one experiment without continuations; references are not part of it. */
interface Group {
  readonly name: string;
  readonly rows: readonly FrontRow[];
}

/**
 * A front as an SVG drawing: the front as a staircase with its points and knee, the trajectory of each series drawn lightly,
 * reference trials as diamonds. Costs carry their unit, the metric is in per cent; follows the reader's light or dark setting.
 */
export function frontSvg(table: FrontTable, title: string): string {
  const prefix = prefixFor(Math.max(0, ...table.rows.map((row) => row.x)));
  const frame = frameOf(table, prefix.factor);
  const isAlone = new Set(table.rows.map((row) => row.experiment)).size < 2;
  const seriesName = ({ experiment, trial: { series } }: FrontRow): string =>
    series === undefined ? experiment : isAlone ? series : `${experiment}: ${series}`;
  const series = [...new Set(table.rows.map(seriesName))];
  const groups = series.map((name) => ({
    name,
    rows: table.rows.filter((row) => seriesName(row) === name && row.trial.role !== 'reference'),
  }));
  const color = (row: FrontRow): string => palette[series.indexOf(seriesName(row)) % palette.length] as string;
  const unit = `${prefix.sign === '' ? '' : `${prefix.sign} `}${table.axis === 'macs' ? 'MACs' : 'parameters'}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>${style}</style>`,
    `<rect class="ground" width="${width}" height="${height}"/>`,
    text(plot.left, 28, title, 'title'),
    text(plot.left, 47, subtitle(table), 'small'),
    axes(frame, `${unit}, less is better`, `${metricLabel(table)} in %, more is better`),
    stairs(table, frame),
    ...groups.map((group) => trajectory(group.rows, frame, color)),
    ...table.rows.map((row) => mark(row, frame, color(row))),
    labels(table, frame),
    legend(table, groups, color),
    '</svg>',
    '',
  ].join('\n');
}

function metricLabel(table: FrontTable): string {
  const split = table.rows[0]?.split ?? '';
  return split === '' ? table.metric : `${table.metric} on ${split}`;
}

function subtitle(table: FrontTable): string {
  const kinds = [...new Set(table.rows.map((row) => row.kind).filter((kind) => kind !== ''))];
  return [
    `front ${table.rows.filter((row) => row.isOnFront).length} of ${table.rows.length} trials`,
    ...(table.hypervolume === undefined ? [] : [`hypervolume ${table.hypervolume.toFixed(3)}`]),
    ...(kinds.length === 0 ? [] : [`scores: ${kinds.join(', ')}`]),
    ...(table.skipped === 0 ? [] : [`${table.skipped} without a score`]),
    ...table.warnings,
  ].join(' · ');
}

function frameOf(table: FrontTable, factor: number): Frame {
  const xs = table.rows.map((row) => row.x / factor);
  const ys = table.rows.map((row) => 100 * row.y);
  const x = xs.length === 0 ? linearAxis(0, 1) : linearAxis(Math.min(...xs) * 0.9, Math.max(...xs) * 1.03);
  const y = ys.length === 0 ? linearAxis(0, 1) : linearAxis(Math.min(...ys) - 0.5, Math.max(...ys) + 0.5);
  const along = (value: number, axis: Axis): number => (value - axis.from) / (axis.to - axis.from);
  return {
    x,
    y,
    px: (value) => round(plot.left + along(value / factor, x) * (plot.right - plot.left)),
    py: (value) => round(plot.bottom - along(100 * value, y) * (plot.bottom - plot.top)),
  };
}

function axes({ x, y }: Frame, xLabel: string, yLabel: string): string {
  const at = (i: number, axis: Axis, from: number, to: number): number => round(from + (i / (axis.ticks.length - 1)) * (to - from));
  const vertical = x.ticks.map((tick, i) => {
    const px = at(i, x, plot.left, plot.right);
    return line('grid', px, plot.top, px, plot.bottom) + text(px, plot.bottom + 19, tick.toFixed(x.decimals), '', 'middle');
  });
  const horizontal = y.ticks.map((tick, i) => {
    const py = at(i, y, plot.bottom, plot.top);
    return line('grid', plot.left, py, plot.right, py) + text(plot.left - 9, py + 4.5, tick.toFixed(y.decimals), '', 'end');
  });
  const middle = (plot.top + plot.bottom) / 2;
  return [
    ...vertical,
    ...horizontal,
    line('axis', plot.left, plot.bottom, plot.right, plot.bottom),
    line('axis', plot.left, plot.top, plot.left, plot.bottom),
    text((plot.left + plot.right) / 2, plot.bottom + 44, xLabel, '', 'middle'),
    `<text x="22" y="${middle}" text-anchor="middle" transform="rotate(-90 22 ${middle})">${escapeXml(yLabel)}</text>`,
  ].join('\n');
}

function stairs(table: FrontTable, frame: Frame): string {
  const front = table.rows.filter((row) => row.isOnFront);
  const first = front[0];
  if (first === undefined) return '';
  const steps = front
    .slice(1)
    .map((row) => `H${frame.px(row.x)}V${frame.py(row.y)}`)
    .join('');
  const path = `M${frame.px(first.x)} ${plot.bottom}V${frame.py(first.y)}${steps}H${plot.right}`;
  return `<path class="dominated" d="${path}V${plot.bottom}Z"/>\n<path class="stairs" d="${path}"/>`;
}

function trajectory(rows: readonly FrontRow[], frame: Frame, color: (row: FrontRow) => string): string {
  const first = rows[0];
  if (first === undefined || rows.every((row) => row.trial.role === 'front')) return '';
  const ordered = rows.toSorted((a, b) => a.trial.number - b.trial.number);
  const points = ordered.map((row) => `${frame.px(row.x)},${frame.py(row.y)}`).join(' ');
  return `<polyline class="trajectory" stroke="${color(first)}" points="${points}"/>`;
}

function mark(row: FrontRow, frame: Frame, color: string): string {
  const px = frame.px(row.x);
  const py = frame.py(row.y);
  const hint = `<title>${escapeXml(`${row.experiment} t${row.trial.number}: ${row.trial.cost.macs} MACs, ${(100 * row.y).toFixed(2)} %`)}</title>`;
  switch (row.trial.role) {
    case 'reference':
      return `<path class="reference" d="M${px} ${py - 7}l7 7l-7 7l-7 -7z">${hint}</path>`;
    case 'trajectory':
      return `<circle class="light" cx="${px}" cy="${py}" r="3" fill="${color}">${hint}</circle>`;
    case 'front': {
      const halo = row.isKnee ? `<circle class="halo" cx="${px}" cy="${py}" r="9"/>` : '';
      return `${halo}<circle${row.isOnFront ? '' : ' class="light"'} cx="${px}" cy="${py}" r="5.5" fill="${color}">${hint}</circle>`;
    }
  }
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

function legend(table: FrontTable, groups: readonly Group[], color: (row: FrontRow) => string): string {
  const left = plot.right + 22;
  const entries = groups.flatMap(({ name, rows: [row] }) =>
    row === undefined ? [] : [{ sign: (y: number) => `<circle cx="${left}" cy="${y}" r="5" fill="${color(row)}"/>`, words: name }],
  );
  if (table.rows.some((row) => row.trial.role === 'trajectory')) {
    entries.push({ sign: (y) => `<circle class="light" cx="${left}" cy="${y}" r="3" fill="${palette[0]}"/>`, words: 'pale: on the way' });
  }
  if (table.rows.some((row) => row.trial.role === 'reference')) {
    entries.push({ sign: (y) => `<path class="reference" d="M${left} ${y - 6}l6 6l-6 6l-6 -6z"/>`, words: 'reference, not shrunk' });
  }
  return entries
    .map((entry, i) => {
      const y = plot.top + 8 + 22 * i;
      return entry.sign(y) + text(left + 13, y + 4, shorten(entry.words, 26), 'small');
    })
    .join('\n');
}

function shorten(words: string, length: number): string {
  return words.length <= length ? words : `…${words.slice(1 - length)}`;
}

function line(name: string, x1: number, y1: number, x2: number, y2: number): string {
  return `<line class="${name}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`;
}

function text(x: number, y: number, words: string, name = '', anchor = 'start'): string {
  return `<text x="${round(x)}" y="${round(y)}"${name === '' ? '' : ` class="${name}"`} text-anchor="${anchor}">${escapeXml(words)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
