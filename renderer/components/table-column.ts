/** A column of VirtualTable. Its cells are drawn by the slot `cell-<key>`, else `text` shows them. */
export interface TableColumn<Row> {
  readonly key: string;
  readonly title: string;
  /** What the heading means, its unit or aggregate; shown on hover. */
  readonly hint?: string;
  /** A CSS grid track: '90px', 'minmax(160px, 2fr)'. */
  readonly width: string;
  readonly align?: 'right';
  readonly isSortable?: boolean;
  readonly text?: (row: Row) => string;
}

export interface TableSort {
  readonly key: string;
  readonly descending: boolean;
}

/** The next order when a heading is clicked: numbers begin with the largest, texts with A; a second click turns it round. */
export function nextSort<Row>(sort: TableSort | undefined, column: TableColumn<Row>): TableSort {
  if (sort?.key === column.key) return { key: column.key, descending: !sort.descending };
  return { key: column.key, descending: column.align === 'right' };
}
