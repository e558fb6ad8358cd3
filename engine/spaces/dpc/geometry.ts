/** Sizes in feature pixels. */
import { features, type DpcCell, type Pair } from './cell.ts';

/** Length of a map at 1 / stride of `length` (the official size helper): the last pixel's place, rounded down, plus one. */
export function scaledLength(length: number, stride: number): number {
  return Math.floor((length - 1) / stride) + 1;
}

/** Length of the pooling window for a grid of `cells` along an axis of `length` feature pixels. */
export function poolLength(length: number, cells: number): number {
  return scaledLength(length, cells);
}

/** Factor on the rates of a cell, which are those of output stride 16. */
export function rateMultiplier(outputStride: number): number {
  return Math.floor(16 / outputStride);
}

/** What TensorFlow's padding 'same' adds before and after an axis; on even lengths stride 2 pads only at the end. */
export function samePadding(length: number, kernel: number, stride: number, rate: number): Pair {
  const span = (kernel - 1) * rate + 1;
  const total = Math.max((Math.ceil(length / stride) - 1) * stride + span - length, 0);
  const before = Math.floor(total / 2);
  return [before, total - before];
}

/** Share of the taps of a 3x3 convolution that lie within a map, averaged over its places: near 1/9 it is a 1x1 convolution. */
export function tapShare(map: Pair, rate: Pair): number {
  const along = (length: number, r: number): number => (length + 2 * Math.max(length - r, 0)) / (3 * length);
  return along(map[0], rate[0]) * along(map[1], rate[1]);
}

/** Span of features that an output of each branch sees, for rates times `multiplier`; pooling counts as the whole map. */
export function receptiveFields(cell: DpcCell, map: Pair, multiplier = 1): Pair[] {
  const fields: Pair[] = [];
  for (const { operation, input } of cell) {
    const [height, width] = input === features ? [1, 1] : fields[input]!;
    if (operation.kind === 'pool') fields.push(map);
    else if (operation.kind === 'conv') fields.push([height, width]);
    else fields.push([height + 2 * multiplier * operation.rate[0], width + 2 * multiplier * operation.rate[1]]);
  }
  return fields;
}
