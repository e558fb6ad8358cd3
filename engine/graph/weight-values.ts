import type { AxisSlice, WeightRef, WeightSpec } from './model-graph.ts';
import { elementCount, slicedShape } from './shapes.ts';
import { permute } from './weight-layout.ts';

/**
 * The elements of a part of a weight as ops see it (kernels [out, in / groups, height, width]), from all its elements in official layout.
 * Throws RangeError when the slices or the number of elements do not fit.
 */
export function opWeightValues(spec: WeightSpec, ref: WeightRef, values: Float32Array): Float32Array {
  const part = slicedValues(spec, ref, values);
  const shape = slicedShape(spec.shape, ref);
  if (spec.layout === 'hwio') return permute(part, shape, [3, 2, 0, 1]);
  return spec.layout === 'depthwise-hwio' ? permute(part, shape, [2, 3, 0, 1]) : part;
}

function slicedValues(spec: WeightSpec, ref: WeightRef, values: Float32Array): Float32Array {
  if (values.length !== elementCount(spec.shape)) {
    throw new RangeError(`weight ${spec.name} has ${elementCount(spec.shape)} elements, ${values.length} came`);
  }
  if (ref.slices === undefined) return values;
  const taken = spec.shape.map((length, axis) => indicesOf(ref.slices?.[axis], length));
  const strides = spec.shape.map((_, axis) => elementCount(spec.shape.slice(axis + 1)));
  const result = new Float32Array(elementCount(slicedShape(spec.shape, ref)));
  let target = 0;
  const copy = (axis: number, offset: number): void => {
    const stride = strides[axis];
    if (stride === undefined) {
      result[target++] = values[offset] ?? NaN;
      return;
    }
    for (const index of taken[axis] ?? []) copy(axis + 1, offset + index * stride);
  };
  copy(0, 0);
  return result;
}

function indicesOf(slice: AxisSlice | undefined, length: number): readonly number[] {
  const range = (start: number, end: number): number[] => Array.from({ length: end - start }, (_, i) => start + i);
  if (slice === undefined) return range(0, length);
  switch (slice.kind) {
    case 'prefix':
      return range(0, slice.length);
    case 'indices':
      return slice.indices;
    case 'ranges':
      return slice.ranges.flatMap(([start, end]) => range(start, end));
  }
}
