import { tfInts, tfText } from './tfjs-builder.ts';
import type { TfjsBuilder, TfRef } from './tfjs-builder.ts';

/** Mean under a window; [height, width] of window and stride. */
export function poolWindow(b: TfjsBuilder, name: string, [height = 1, width = 1]: readonly number[], stride: readonly number[]): string {
  const [strideH = 1, strideW = 1] = stride;
  return b.node('AvgPool', [name], {
    ksize: tfInts([1, height, width, 1]),
    strides: tfInts([1, strideH, strideW, 1]),
    padding: tfText('VALID'),
    data_format: tfText('NHWC'),
  });
}

/** Mean over each cell of a grid; where the grid does not divide the map the cells overlap and are averaged one by one (see the op). */
export function poolCells(b: TfjsBuilder, { name, shape }: TfRef, size: readonly number[]): string {
  const [height = 0, width = 0] = shape;
  const [rows = 1, columns = 1] = size;
  if (height % rows === 0 && width % columns === 0) {
    const window = [height / rows, width / columns];
    return poolWindow(b, name, window, window);
  }
  return means(b, means(b, name, 1, height, rows), 2, width, columns);
}

function means(b: TfjsBuilder, name: string, axis: 1 | 2, length: number, cells: number): string {
  if (cells === length) return name;
  const parts = Array.from({ length: cells }, (_, cell) => {
    const start = Math.floor((cell * length) / cells);
    const size = Math.ceil(((cell + 1) * length) / cells) - start;
    const only = (value: number, rest: number): number[] => [rest, axis === 1 ? value : rest, axis === 2 ? value : rest, rest];
    return b.mean(b.slice(name, only(start, 0), only(size, -1)), [axis]);
  });
  return parts.length === 1 ? (parts[0] ?? name) : b.concat(parts, axis);
}
