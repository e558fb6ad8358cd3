/** What the native addon exports (addon/): tensors by id, eager ops, graphs recorded node by node, functions made of them. */

export type NativeArray = Float32Array | Int32Array | Uint8Array | Uint16Array | BigInt64Array;

/** A tensor, or a node's output while a graph is recorded. */
export interface NativeTensor {
  readonly id: number;
  /** In a graph -1 where a size is not known before the run. */
  readonly shape: number[];
  /** One of the TF_ numbers. */
  readonly dtype: number;
}

/** An attribute of an op; `type` is one of the TF_ATTR_ numbers, `value` a value of that type or a list of them. */
export interface NativeAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

export interface NativeDevice {
  readonly name: string;
  /** 'CPU' or 'GPU'. */
  readonly type: string;
  readonly memoryBytes: number;
}

export interface NativeCounts {
  readonly tensors: number;
  readonly graphs: number;
  readonly functions: number;
  readonly pendingCalls: number;
}

/** The numbers of TensorFlow's C API, under its own names. */
export interface NativeConstants {
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_INT64: number;
  readonly TF_BOOL: number;
  readonly TF_COMPLEX64: number;
  readonly TF_STRING: number;
  readonly TF_RESOURCE: number;
  readonly TF_UINT8: number;
  readonly TF_BFLOAT16: number;
  readonly TF_HALF: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
}

/**
 * The addon. Tensors belong to whoever got their id, until `deleteTensor`; a graph until `graphDelete`; a function until `removeFunction`.
 * Every call throws an Error that names the op and its inputs' types and shapes when TensorFlow refuses.
 */
export interface NativeBinding extends NativeConstants {
  /**
   * Loads TensorFlow from a folder that holds its two libraries and makes the context; once a process. `config` is a serialised
   * tensorflow.ConfigProto; `threads` is for kernels of our own (0: as many as there are cores). Returns TensorFlow's version.
   */
  open(folder: string, config: Uint8Array, threads: number): string;
  /** Undefined while closed. */
  version(): string | undefined;
  devices(): NativeDevice[];
  counts(): NativeCounts;

  /** Copies `data` (a typed array; strings or bytes for TF_STRING) into a new tensor. */
  createTensor(shape: readonly number[], dtype: number, data: unknown): number;
  deleteTensor(id: number): void;
  /** A copy of the values. */
  tensorDataSync(id: number): NativeArray;
  executeOp(name: string, attributes: readonly NativeAttribute[], inputs: readonly number[], outputs: number): NativeTensor[];
  /**
   * The same without objects for ids, sizes and types: `exchange` begins with the ids of the inputs; the op leaves there the ids of the outputs, then
   * of each its type, number of axes and sizes. Returns the number of outputs.
   */
  executeWith(name: string, attributes: readonly NativeAttribute[], inputs: number, outputs: number, exchange: Int32Array): number;
  /** Gives each tensor a buffer that nothing else holds, a copy where need be. In the host's memory only. */
  ownTensors(ids: readonly number[]): void;
  isUsingGpuDevice(): boolean;
  getNumOfTensors(): number;

  graphNew(): number;
  graphDelete(graph: number): void;
  graphPlaceholder(graph: number, dtype: number, shape: readonly number[]): number;
  graphConst(graph: number, dtype: number, shape: readonly number[], data: unknown): number;
  /** Adds a node; ids are outputs of the same graph. `scope` names the node: it shows in errors and profiles. It runs after those of `after`. */
  graphOp(
    graph: number,
    name: string,
    attributes: readonly NativeAttribute[],
    inputs: readonly number[],
    outputs: number,
    scope?: string,
    after?: readonly number[],
  ): NativeTensor[];
  /** Adds a node without values that runs after others; it may stand in `after` only. */
  graphBarrier(graph: number, after: readonly number[]): number;
  /** Makes a function of a graph and adds it to the context. No output may be an input (pass it through Identity). */
  graphToFunction(graph: number, name: string, inputs: readonly number[], outputs: readonly number[]): void;
  removeFunction(name: string): void;

  /** Runs a function; the caller owns the results. */
  call(name: string, inputs: Int32Array, outputs: number): Int32Array;
  /** The same on another thread; the inputs may be deleted meanwhile. */
  callAsync(name: string, inputs: Int32Array, outputs: number): Promise<Int32Array>;

  /** Names of the ops that the addon itself registered with TensorFlow (addon/kernels). */
  ownOps(): string[];
  /** Updates that have begun to overwrite variables, in this process so far. */
  updatesInPlace(): number;
}
