/** Between the official layout of a weight and ours: pure arithmetic on shapes and typed arrays. */
import { assertNever } from '../assert-never.ts';
import type { Shape, WeightLayout } from './model-graph.ts';
import { elementCount } from './shapes.ts';

/** Our axis i is the official axis order[i]. */
export function axisOrder(layout: WeightLayout, rank: number): readonly number[] {
  switch (layout) {
    case 'oihw':
      return [2, 3, 1, 0]; // [out, in, h, w] -> [h, w, in, out]
    case 'depthwise-oihw':
      return [2, 3, 0, 1]; // [channels, 1, h, w] -> [h, w, channels, 1]
    case 'oi':
      return [1, 0];
    case 'hwio':
    case 'depthwise-hwio':
    case 'as-is':
      return Array.from({ length: rank }, (_, axis) => axis);
    default:
      return assertNever(layout);
  }
}

/** Our shape of a weight with this official shape. */
export function ownShape(layout: WeightLayout, official: Shape): number[] {
  return axisOrder(layout, official.length).map((axis) => official[axis]!);
}

function isIdentity(order: readonly number[]): boolean {
  return order.every((axis, i) => axis === i);
}

/** Elements in our order from elements in official order. */
export function toOwnLayout(layout: WeightLayout, official: Shape, values: Float32Array): Float32Array {
  const order = axisOrder(layout, official.length);
  return isIdentity(order) ? values : permute(values, official, order);
}

/** Elements in official order from elements in our order. */
export function toOfficialLayout(layout: WeightLayout, official: Shape, values: Float32Array): Float32Array {
  const order = axisOrder(layout, official.length);
  if (isIdentity(order)) return values;
  const inverse = order.map((_, axis) => order.indexOf(axis));
  return permute(values, ownShape(layout, official), inverse);
}

/** NCHW, as the reference files write images, to our NHWC. */
export function nchwToNhwc(
  values: Float32Array,
  [batch, channels, height, width]: readonly [number, number, number, number],
): Float32Array {
  return permute(values, [batch, channels, height, width], [0, 2, 3, 1]);
}

/** The transposed copy of a row-major array of up to 4 axes: output axis i is input axis order[i]. */
export function permute(values: Float32Array, shape: Shape, order: readonly number[]): Float32Array {
  if (values.length !== elementCount(shape)) {
    throw new RangeError(`permute: ${values.length} values for shape [${shape.join(', ')}]`);
  }
  const strides = shape.map((_, axis) => elementCount(shape.slice(axis + 1)));
  const missing = 4 - order.length;
  const lengths = [...Array<number>(missing).fill(1), ...order.map((axis) => shape[axis]!)];
  const steps = [...Array<number>(missing).fill(0), ...order.map((axis) => strides[axis]!)];
  const [n0, n1, n2, n3] = lengths as [number, number, number, number];
  const [s0, s1, s2, s3] = steps as [number, number, number, number];
  const result = new Float32Array(values.length);
  let target = 0;
  for (let a = 0; a < n0; a++) {
    for (let b = 0; b < n1; b++) {
      for (let c = 0; c < n2; c++) {
        let source = a * s0 + b * s1 + c * s2;
        for (let d = 0; d < n3; d++, source += s3) result[target++] = values[source]!;
      }
    }
  }
  return result;
}
