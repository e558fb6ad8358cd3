import type { OnnxBuilder, OnnxRef } from './onnx-builder.ts';

/** Mean under a window; [height, width] of window and stride. */
export function poolWindow(b: OnnxBuilder, { name }: OnnxRef, window: readonly number[], stride: readonly number[]): string {
  return b.node('AveragePool', [name], { kernel_shape: window, strides: stride });
}

/**
 * Mean over each cell of a grid of [height, width] cells. Where the grid divides the map this is one pool; else the cells overlap
 * (see the op), and rows and then columns are averaged one by one.
 */
export function poolCells(b: OnnxBuilder, input: OnnxRef, size: readonly number[]): string {
  const [height = 0, width = 0] = input.shape;
  const [rows = 1, columns = 1] = size;
  if (height % rows === 0 && width % columns === 0) {
    const window = [height / rows, width / columns];
    return poolWindow(b, input, window, window);
  }
  return means(b, means(b, input.name, 2, height, rows), 3, width, columns);
}

function means(b: OnnxBuilder, name: string, axis: number, length: number, cells: number): string {
  if (cells === length) return name;
  const parts = Array.from({ length: cells }, (_, cell) => {
    const range = [[Math.floor((cell * length) / cells)], [Math.ceil(((cell + 1) * length) / cells)], [axis]];
    const part = b.node('Slice', [name, ...range.map((values) => b.integers(values))]);
    return b.node('ReduceMean', [part, b.integers([axis])], { keepdims: 1 });
  });
  return parts.length === 1 ? (parts[0] ?? name) : b.node('Concat', parts, { axis });
}
