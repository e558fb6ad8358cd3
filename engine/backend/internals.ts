/** What is used of the inside of TensorFlow.js's engine (4.22.0, pinned), and cheaper forms of its scopes and handles. */
import { engine } from '@tensorflow/tfjs';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs';

export interface EngineInternals {
  readonly state: {
    gradientDepth: number;
    kernelDepth: number;
    activeTape: object[] | null;
    nextTapeNodeId: number;
    activeScope: { readonly track: Tensor[] } | null;
    /** Where each tensor's data lies; a WeakMap of the library's. */
    tensorInfo: { get(dataId: object): unknown };
  };
  readonly backend: { incRef(dataId: object): void };
  startTape(): void;
  endTape(): void;
  startScope(name?: string): void;
  endScope(result?: unknown): void;
  makeTensorFromTensorInfo(info: { dataId: object; shape: readonly number[]; dtype: string }): Tensor;
}

export const internals = engine() as unknown as EngineInternals;
// Entries are removed when a tensor is disposed, so that nothing needs to be weak; weak maps cost several per cent of a step of small ops.
internals.state.tensorInfo = new Map<object, unknown>();

/** A second handle on the same values (reference counted, nothing is copied). The caller disposes it; nothing is recorded. */
export function share<T extends Tensor>(x: T, shape: readonly number[] = x.shape): T {
  internals.backend.incRef(x.dataId);
  return internals.makeTensorFromTensorInfo({ dataId: x.dataId, shape, dtype: x.dtype }) as T;
}

/** A tensor for what a kernel made; tracked like every other. */
export function tensorFor(info: TensorInfo): Tensor {
  return internals.makeTensorFromTensorInfo(info);
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
  let end = mark;
  for (let i = mark; i < track.length; i++) {
    const tensor = track[i]!;
    if (tensor.kept) continue;
    if (results.includes(tensor)) track[end++] = tensor;
    else tensor.dispose();
  }
  track.length = end;
}
