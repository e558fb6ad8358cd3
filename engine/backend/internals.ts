/** What is used of the inside of TensorFlow.js's engine (4.22.0, pinned), and cheaper forms of its scopes and handles. */
import { engine, Tensor as TensorClass, tensor_util } from '@tensorflow/tfjs';
import type { DataType, Tensor, TensorContainer, TensorInfo } from '@tensorflow/tfjs';
import { EngineError } from '../error.ts';

interface DataInfo {
  readonly backend: object;
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly bytes: number;
}

interface Scope {
  readonly id: number;
  readonly track: Tensor[];
}

export interface EngineInternals {
  readonly state: {
    gradientDepth: number;
    kernelDepth: number;
    activeTape: object[] | null;
    nextTapeNodeId: number;
    numTensors: number;
    numBytes: number;
    numDataBuffers: number;
    activeScope: Scope | null;
    /** Where each tensor's data lies; a WeakMap of the library's. */
    tensorInfo: Pick<Map<object, DataInfo>, 'get' | 'set' | 'has' | 'delete'>;
  };
  readonly backend: { incRef(dataId: object): void };
  nextTensorId(): number;
  startTape(): void;
  endTape(): void;
  startScope(name?: string): void;
  endScope(result?: unknown): void;
}

export const internals = engine() as unknown as EngineInternals;

/** An object that stands for the values of a tensor. */
interface DataId {
  dataInfo?: DataInfo | undefined;
}

// Noted on the data ids themselves: a map, a weak one above all, costs several per cent of a step of small ops.
const tensorInfo: EngineInternals['state']['tensorInfo'] = {
  get: (dataId) => (dataId as DataId).dataInfo,
  has: (dataId) => (dataId as DataId).dataInfo !== undefined,
  set: (dataId, info) => {
    (dataId as DataId).dataInfo = info;
    return tensorInfo as Map<object, DataInfo>;
  },
  delete: (dataId) => {
    const isKnown = tensorInfo.has(dataId);
    (dataId as DataId).dataInfo = undefined;
    return isKnown;
  },
};
internals.state.tensorInfo = tensorInfo;

/** A second handle on the same values (reference counted, nothing is copied). The caller disposes it; nothing is recorded. */
export function share<T extends Tensor>({ dataId, shape, dtype }: T): T {
  internals.backend.incRef(dataId);
  return tensorFor({ dataId, shape, dtype }) as T;
}

/** A float32 or int32 tensor for what a kernel made; counted and tracked as the library does it, without its type tests. */
export function tensorFor({ dataId, shape, dtype }: TensorInfo): Tensor {
  const { state, backend } = internals;
  const tensor = new TensorClass(shape as never, dtype, dataId, internals.nextTensorId()) as Tensor;
  const bytes = dtype === 'bool' ? tensor.size : 4 * tensor.size;
  state.numTensors++;
  state.numBytes += bytes;
  if (!state.tensorInfo.has(dataId)) {
    state.numDataBuffers++;
    state.tensorInfo.set(dataId, { backend, dtype, shape, bytes });
  }
  if (state.activeScope) {
    (tensor as unknown as { scopeId: number }).scopeId = state.activeScope.id;
    state.activeScope.track.push(tensor);
  }
  return tensor;
}

/** The library's `tidy`: runs f, frees what it created except its result (a tensor, or tensors in arrays and objects) and what was kept. */
export function tidy<T extends TensorContainer>(f: () => T): T {
  const mark = openScope();
  let results: readonly Tensor[] = [];
  try {
    const result = f();
    if (result instanceof Promise) throw new EngineError('bad-option', 'tidy: the function must not be asynchronous.');
    results = tensorsIn(result);
    return result;
  } finally {
    closeScope(mark, results);
  }
}

function tensorsIn(result: TensorContainer): readonly Tensor[] {
  if (result === undefined || result === null || typeof result !== 'object') return [];
  // The library's walk visits every number of a typed array.
  if (ArrayBuffer.isView(result)) return [];
  return 'dataId' in result ? [result as Tensor] : tensor_util.getTensorsInContainer(result);
}

/** Like `tidy`, without a scope of its own where there is one around: what is created from here on is freed by `closeScope`. */
export function openScope(): number {
  const scope = internals.state.activeScope;
  if (scope) return scope.track.length;
  internals.startScope();
  return -1;
}

/** Frees what was created since the mark, except results and what is kept; results belong to the scope around. */
export function closeScope(mark: number, results: readonly (Tensor | undefined)[]): void {
  if (mark < 0) {
    internals.endScope(results.filter((tensor) => tensor !== undefined));
    return;
  }
  const { track } = internals.state.activeScope!;
  const isResult = results.length > 8 ? setOf(results) : (tensor: Tensor): boolean => results.includes(tensor);
  let end = mark;
  for (let i = mark; i < track.length; i++) {
    const tensor = track[i]!;
    if (tensor.kept) continue;
    if (isResult(tensor)) track[end++] = tensor;
    else tensor.dispose();
  }
  track.length = end;
}

function setOf(tensors: readonly (Tensor | undefined)[]): (tensor: Tensor) => boolean {
  const set = new Set(tensors);
  return (tensor) => set.has(tensor);
}
