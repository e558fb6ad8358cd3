/** A column of a table in plain text; numbers are best aligned to the right. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Columns two spaces apart, as wide as their widest cell; `rows` hold one text a column. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((column, i) => Math.max(...[column.title, ...rows.map((row) => row[i] ?? '')].map(displayWidth)));
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, i) => padded(cells[i] ?? '', widths[i] as number, column.align ?? 'left'))
      .join('  ')
      .trimEnd();
  return [line(columns.map((column) => column.title)), ...rows.map(line)].join('\n');
}

/** Names and values below each other: `[['state', 'complete'], ['note', '']]`; empty values are left out. */
export function facts(pairs: readonly (readonly [string, string | undefined])[]): string {
  const shown = pairs.filter((pair): pair is readonly [string, string] => pair[1] !== undefined && pair[1] !== '');
  const width = Math.max(0, ...shown.map(([name]) => displayWidth(name)));
  return shown.map(([name, value]) => `${padded(name, width, 'left')}  ${value.replaceAll('\n', `\n${' '.repeat(width + 2)}`)}`).join('\n');
}

function padded(cell: string, width: number, align: 'left' | 'right'): string {
  const gap = ' '.repeat(Math.max(0, width - displayWidth(cell)));
  return align === 'left' ? cell + gap : gap + cell;
}

/** Characters as they take room on a terminal; everything the lab prints is one cell wide. */
function displayWidth(text: string): number {
  return [...text].length;
}
