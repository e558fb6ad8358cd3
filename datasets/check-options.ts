/** How thoroughly: 0 layout, 1 names and pairs, 2 headers of files, 3 a sample decoded, 4 everything decoded. */
export type CheckLevel = 0 | 1 | 2 | 3 | 4;

export interface CheckOptions {
  readonly level: CheckLevel;
  readonly onProgress?: (progress: { readonly phase: string; readonly done: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
}
