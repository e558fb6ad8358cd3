import type { ComparabilityFinding } from '../../engine/metrics/comparability.ts';
import type { Architecture } from '../../engine/spaces/search-space.ts';

/** Several networks side by side. */
export interface CompareApi {
  /** 2 to 6 columns; the first is the base. Rejects with 'unknown-trial', 'unknown-architecture', 'bad-compare'. */
  compare(refs: readonly CompareRef[]): Promise<Comparison>;
  /** Writes the table as a file. Without `target`: into the home's folder of exports. */
  exportComparison(request: CompareExportRequest): Promise<{ readonly file: string; readonly name: string; readonly bytes: number }>;
}

export type CompareRef =
  | { readonly kind: 'trial'; readonly experiment: string; readonly number: number }
  /** 'lite-hrnet:18'. */
  | { readonly kind: 'published'; readonly name: string }
  | { readonly kind: 'architecture'; readonly label: string; readonly arch: Architecture };

export interface Comparison {
  readonly columns: readonly CompareColumn[];
  readonly groups: readonly CompareGroup[];
  /** Rows whose cells differ, and all rows. */
  readonly differing: number;
  readonly rows: number;
  /** In what each column differs from the base so that its scores cannot be compared, by column; empty for the base. */
  readonly findings: readonly (readonly ComparabilityFinding[])[];
}

export interface CompareColumn {
  /** 't187'. */
  readonly label: string;
  readonly detail: string;
  readonly ref: CompareRef;
  /** As a parsed architecture: what a drawing or a diff is made of. */
  readonly arch: Architecture;
  readonly hash: string;
}

export interface CompareGroup {
  /** 'scores', 'cost', 'choices: stage 3', 'classes', 'conditions'. */
  readonly title: string;
  readonly rows: readonly CompareRow[];
}

export interface CompareRow {
  readonly name: string;
  readonly unit: 'fraction' | 'count' | 'bytes' | 'ms' | 'text' | 'choice';
  /** 'MACs', 'params'; for counts. */
  readonly of?: string;
  /** Higher is better, or lower; absent where neither is. */
  readonly better?: 'higher' | 'lower';
  readonly cells: readonly CompareCell[];
  readonly differs: boolean;
}

export interface CompareCell {
  /** Null when missing; then `reason` says why. */
  readonly value: number | string | null;
  readonly reason?: string;
  readonly kind?: 'proxy' | 'retrained' | 'measured' | 'published';
  readonly sd?: number;
  readonly seeds?: number;
  /** Against the base: a share for counts (−0.29), a difference for fractions and milliseconds. Absent for the base and where it cannot be told. */
  readonly change?: number;
  /** Its scores were taken under other conditions than the base's. */
  readonly isUnfair?: boolean;
}

export interface CompareExportRequest {
  readonly refs: readonly CompareRef[];
  readonly format: 'csv' | 'latex';
  readonly onlyDifferences?: boolean;
  readonly target?: string;
}
