import { csvField } from './csv.ts';
import { escapeLatex } from './front-latex.ts';
import { percent, quantity } from './quantity.ts';

export interface ComparisonColumn {
  /** 't187', 'lite-hrnet:18'. */
  readonly label: string;
  /** Where it comes from: name of the experiment, source of a published network. */
  readonly detail: string;
}

export interface ComparisonGroup {
  readonly id: 'scores' | 'cost' | 'classes' | 'joints' | 'conditions' | 'settings' | 'choices';
  /** 'Scores', 'Choices: fuse2'. */
  readonly title: string;
  readonly rows: readonly ComparisonRow[];
}

export interface ComparisonRow {
  readonly name: string;
  /** 'share' is a fraction shown as per cent; 'count' carries its unit in `of`. */
  readonly unit: 'share' | 'count' | 'bytes' | 'ms' | 'text' | 'choice';
  /** 'MACs', 'params'. */
  readonly of?: string;
  readonly better?: 'higher' | 'lower';
  readonly cells: readonly ComparisonCell[];
  readonly differs: boolean;
}

export interface ComparisonCell {
  /** Null when missing; then `reason` says why. */
  readonly value: number | string | null;
  readonly reason?: string;
  readonly kind?: 'proxy' | 'retrained' | 'measured' | 'published';
  readonly sd?: number;
  readonly seeds?: number;
  /** Against the base: relative for counts and bytes (-0.29), else the difference. Absent for the base and where it cannot be told. */
  readonly change?: number;
  /** Taken under other conditions than the base's. */
  readonly isUnfair?: boolean;
  /** What else is to be known: device of a latency, protocol of a published score. */
  readonly note?: string;
}

export type ComparedCell = Omit<ComparisonCell, 'change'>;

/** A row with what its cells are against the first one. Texts and missing values have no change. */
export function comparedRow(row: Omit<ComparisonRow, 'cells' | 'differs'>, cells: readonly ComparedCell[]): ComparisonRow {
  const base = cells[0]?.value ?? null;
  return {
    ...row,
    differs: cells.some(({ value }) => value !== base),
    cells: cells.map((cell, column) => {
      const { value } = cell;
      if (column === 0 || typeof value !== 'number' || typeof base !== 'number') return cell;
      const isRelative = row.unit === 'count' || row.unit === 'bytes';
      const change = isRelative ? (base === 0 ? undefined : (value - base) / base) : value - base;
      return change === undefined ? cell : { ...cell, change };
    }),
  };
}

/** A value as text, without its chip. */
export function cellText(row: Pick<ComparisonRow, 'unit' | 'of'>, { value, sd }: ComparisonCell): string {
  if (value === null) return '—';
  if (typeof value === 'string') return value;
  switch (row.unit) {
    case 'share':
      return sd === undefined ? percent(value) : `${percent(value).replace(' %', '')} ± ${(100 * sd).toFixed(1)} %`;
    case 'count':
      return quantity(value, row.of ?? '');
    case 'bytes':
      return quantity(value, 'B').replace('k B', 'kB').replace('M B', 'MB').replace('G B', 'GB');
    case 'ms':
      return `${value.toFixed(2)} ms`;
    case 'text':
    case 'choice':
      return String(value);
  }
}

export interface ComparisonTable {
  readonly columns: readonly ComparisonColumn[];
  readonly groups: readonly ComparisonGroup[];
}

/** Exact values, one row a line, with kind and spread of scores in columns of their own. */
export function comparisonCsv({ columns, groups }: ComparisonTable): string {
  const head = ['group', 'row', 'unit', ...columns.flatMap(({ label }) => [label, `${label} kind`, `${label} sd`, `${label} remark`])];
  const lines = groups.flatMap(({ title, rows }) =>
    rows.map((row) => [
      title,
      row.name,
      row.unit === 'share' ? 'fraction' : (row.of ?? row.unit),
      ...row.cells.flatMap((cell) => [cell.value ?? '', cell.kind ?? '', cell.sd ?? '', remark(cell)]),
    ]),
  );
  return [head, ...lines].map((line) => line.map((value) => csvField(String(value))).join(',')).join('\r\n') + '\r\n';
}

/** A table that compiles with the standard classes; kinds and remarks stand below it, marked by letters. */
export function comparisonLatex({ columns, groups }: ComparisonTable, title: string): string {
  const notes: string[] = [];
  const letter = (text: string): string => {
    const known = notes.indexOf(text);
    const index = known < 0 ? notes.push(text) - 1 : known;
    return `\\textsuperscript{${index < 26 ? String.fromCharCode(97 + index) : String(index + 1)}}`;
  };
  const body = groups.flatMap(({ title: group, rows }) => [
    `    \\multicolumn{${columns.length + 1}}{l}{\\textit{${escapeLatex(group)}}} \\\\`,
    ...rows.map((row) => {
      const cells = row.cells.map((cell) => {
        const words = [cell.kind, remark(cell)].filter((word) => word !== undefined && word !== '').join('; ');
        return `${escapeLatex(cellText(row, cell).replace('—', '--'))}${words === '' ? '' : letter(words)}`;
      });
      return `    ${[escapeLatex(row.name), ...cells].join(' & ')} \\\\`;
    }),
  ]);
  return [
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${escapeLatex(title)}}`,
    `  \\begin{tabular}{l${'r'.repeat(columns.length)}}`,
    '    \\hline',
    `    & ${columns.map(({ label }) => escapeLatex(label)).join(' & ')} \\\\`,
    '    \\hline',
    ...body,
    '    \\hline',
    '  \\end{tabular}',
    ...(notes.length === 0
      ? []
      : [`  \\par\\smallskip\\footnotesize ${notes.map((note) => `${letter(note)}~${escapeLatex(note)}`).join('; ')}.`]),
    '\\end{table}',
    '',
  ].join('\n');
}

function remark({ reason, note, isUnfair, seeds }: ComparisonCell): string {
  return [
    reason,
    note,
    seeds === undefined ? undefined : `${seeds} seeds`,
    isUnfair === true ? 'not comparable with the first column' : undefined,
  ]
    .filter((word) => word !== undefined)
    .join('; ');
}
