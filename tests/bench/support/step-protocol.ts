/** How a bench talks to the process of one side: a number of steps a line, an answer in JSON a line. pytorch/bench.py speaks the same. */
export interface StepAnswer {
  /** Of each step. */
  readonly ms: readonly number[];
  readonly firstLoss: number;
  readonly parameters: number;
  /** Most that was resident so far, and what was before the network was made. */
  readonly peakBytes: number;
  readonly startBytes: number;
  /** Ours only. */
  readonly macs?: number;
  /** Tensors of the library, alive after the steps. */
  readonly tensors?: number;
  readonly residentBytes?: number;
  /** Ops of the compiled graph, milliseconds of its trace and of its first call. */
  readonly compiled?: { readonly ops: number; readonly traceMs: number; readonly firstRunMs: number };
}
