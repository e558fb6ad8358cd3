/** The twin of a chart for those who read numbers; made from the very data that is drawn. */
export interface ChartTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}
