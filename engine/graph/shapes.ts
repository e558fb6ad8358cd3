import type { AxisSlice, Shape, WeightLayout, WeightRef, WeightSpec } from './model-graph.ts';

/** Elements of a shape; 1 for a scalar. */
export function elementCount(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** '[3, 3, 18, 32]' */
export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/**
 * Shape with two operands repeated where one has length 1 (aligned at the last axis); undefined when they do not fit.
 */
export function broadcastShape(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length);
  const result: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const lengthA = a[a.length - rank + axis] ?? 1;
    const lengthB = b[b.length - rank + axis] ?? 1;
    if (lengthA !== lengthB && lengthA !== 1 && lengthB !== 1) return undefined;
    result.push(lengthA === 1 ? lengthB : lengthA);
  }
  return result;
}

/** How many entries of an axis a slice takes. */
export function sliceLength(slice: AxisSlice): number {
  switch (slice.kind) {
    case 'prefix':
      return slice.length;
    case 'indices':
      return slice.indices.length;
    case 'ranges':
      return slice.ranges.reduce((sum, [start, end]) => sum + end - start, 0);
  }
}

/** The largest index that a slice takes, -1 when it takes none or one of them is not a whole number from 0. */
function sliceEnd(slice: AxisSlice): number {
  const isIndex = (value: number): boolean => Number.isInteger(value) && value >= 0;
  switch (slice.kind) {
    case 'prefix':
      return isIndex(slice.length) ? slice.length - 1 : -1;
    case 'indices':
      return slice.indices.every(isIndex) ? Math.max(-1, ...slice.indices) : -1;
    case 'ranges':
      return slice.ranges.every(([start, end]) => isIndex(start) && end > start)
        ? Math.max(-1, ...slice.ranges.map(([, end]) => end - 1))
        : -1;
  }
}

/** Official shape of a part of a weight. Throws RangeError (the caller adds the scope) when the slices do not fit. */
export function slicedShape(shape: Shape, ref: WeightRef): Shape {
  const slices = ref.slices;
  if (slices === undefined) return shape;
  if (slices.length !== shape.length) {
    throw new RangeError(`weight ${ref.name} has shape ${formatShape(shape)}, but ${slices.length} axes are sliced`);
  }
  return shape.map((length, axis) => {
    const slice = slices[axis];
    if (slice === undefined) return length;
    const end = sliceEnd(slice);
    if (end < 0 || end >= length) {
      throw new RangeError(`weight ${ref.name}: the slice of axis ${axis} reaches index ${end}, the axis has length ${length}`);
    }
    return sliceLength(slice);
  });
}

/** The order in which ops are asked about the axes of a kernel: [out, in / groups, height, width]. */
function kernelAxes(layout: WeightLayout): readonly number[] | undefined {
  if (layout === 'hwio') return [3, 2, 0, 1];
  return layout === 'depthwise-hwio' ? [2, 3, 0, 1] : undefined;
}

/** What ops see of a weight: its official shape after slicing, kernels as [out, in / groups, height, width] whatever the official layout. */
export function opWeightShape(spec: WeightSpec, ref: WeightRef): Shape {
  const shape = slicedShape(spec.shape, ref);
  return kernelAxes(spec.layout)?.map((axis) => shape[axis] ?? 0) ?? shape;
}
