/** Sums of several maps, and joining and parting them along the last axis. */
import { addN as addTensors, concat, pad, slice } from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { EngineError } from '../../error.ts';
import { share } from '../internals.ts';
import { differentiable } from '../tape.ts';
import { hasKernel, runKernel } from './kernel.ts';

/** The sum of tensors of one shape. */
export function addN<T extends Tensor>(list: readonly T[]): T {
  const first = list[0];
  if (!first || list.some((x) => x.shape.join() !== first.shape.join())) {
    throw new EngineError(
      'bad-shape',
      `addN: expected tensors of one shape, got ${list.map((x) => `[${x.shape.join(', ')}]`).join(', ') || 'none'}.`,
    );
  }
  return differentiable('addN', list, () => ({
    value:
      list.length === 1
        ? share(first)
        : hasKernel('LabAddN')
          ? runKernel<T>('LabAddN', Object.fromEntries(list.entries()), {})
          : addTensors([...list]),
    save: [],
    gradient: (dy, _, needs) => needs.map((isNeeded) => (isNeeded ? share(dy) : undefined)),
  }));
}

/** Joins tensors along the last axis; all other axes agree. */
export function concatChannels<T extends Tensor>(list: readonly T[]): T {
  const first = list[0];
  if (!first || list.some((x) => x.shape.slice(0, -1).join() !== first.shape.slice(0, -1).join())) {
    throw new EngineError(
      'bad-shape',
      `concatChannels: expected tensors that differ in the last axis only, got ${list.map((x) => `[${x.shape.join(', ')}]`).join(', ') || 'none'}.`,
    );
  }
  const widths = list.map((x) => x.shape[x.rank - 1]!);
  return differentiable('concatChannels', list, () => ({
    value: joined(list, first),
    save: [],
    gradient: (dy, _, needs) => {
      let start = 0;
      return widths.map((width, i) => {
        start += width;
        return needs[i] ? lastAxisSlice(dy, start - width, width) : undefined;
      });
    },
  }));
}

function joined<T extends Tensor>(list: readonly T[], first: T): T {
  if (list.length === 1) return share(first);
  return hasKernel('LabConcat') ? runKernel<T>('LabConcat', Object.fromEntries(list.entries()), {}) : concat([...list], first.rank - 1);
}

/** Channels start .. start + length of the last axis. */
export function sliceChannels<T extends Tensor>(x: T, start: number, length: number): T {
  const width = x.shape[x.rank - 1]!;
  if (!(start >= 0 && length >= 1 && start + length <= width)) {
    throw new EngineError('bad-shape', `sliceChannels: channels ${start}..${start + length} do not lie in 0..${width}.`);
  }
  return differentiable('sliceChannels', [x], () => ({
    value: lastAxisSlice(x, start, length),
    save: [],
    gradient: (dy) => [pad(dy, [...dy.shape.slice(1).map((): [number, number] => [0, 0]), [start, width - start - length]])],
  }));
}

/** Parts the last axis into runs of the given widths. */
export function splitChannels<T extends Tensor>(x: T, widths: readonly number[]): T[] {
  const total = widths.reduce((a, b) => a + b, 0);
  if (total !== x.shape[x.rank - 1]) {
    throw new EngineError(
      'bad-shape',
      `splitChannels: widths ${widths.join(' + ')} = ${total}, the input has ${x.shape[x.rank - 1]} channels.`,
    );
  }
  let start = 0;
  return widths.map((width) => {
    start += width;
    return sliceChannels(x, start - width, width);
  });
}

function lastAxisSlice<T extends Tensor>(x: T, start: number, length: number): T {
  if (start === 0 && length === x.shape[x.rank - 1]) return share(x);
  if (hasKernel('LabSliceChannels')) return runKernel<T>('LabSliceChannels', { x }, { start, length });
  const begin = x.shape.map((_, i) => (i === x.rank - 1 ? start : 0));
  const size = x.shape.map((extent, i) => (i === x.rank - 1 ? length : extent));
  return slice(x, begin, size);
}
