import type { ComparisonColumn, ComparisonGroup } from '../../engine/export/comparison.ts';
import type { ComparabilityFinding } from '../../engine/metrics/comparability.ts';
import type { ArchitectureRef } from './architecture.ts';

/** Several networks side by side. What their graphs differ in is told by `diffArchitectures`. */
export interface CompareApi {
  /** 2 to 6 columns; the first is the base. Rejects with 'bad-comparison' and what finding a network rejects with. */
  compare(refs: readonly ArchitectureRef[]): Promise<Comparison>;
  /** Writes the table as a file. Without `target`: into the home's folder of exports. */
  exportComparison(request: CompareExportRequest): Promise<{ readonly file: string; readonly name: string; readonly bytes: number }>;
}

export interface Comparison {
  readonly columns: readonly (ComparisonColumn & { readonly ref: ArchitectureRef; readonly hash: string; readonly space: string })[];
  readonly groups: readonly ComparisonGroup[];
  /** Rows whose cells differ, and all rows. */
  readonly differing: number;
  readonly rows: number;
  /** In what each column differs from the base so that its scores cannot be compared, by column; empty for the base. */
  readonly findings: readonly (readonly ComparabilityFinding[])[];
}

export interface CompareExportRequest {
  readonly refs: readonly ArchitectureRef[];
  readonly format: 'csv' | 'latex';
  readonly onlyDifferences?: boolean;
  readonly target?: string;
}
