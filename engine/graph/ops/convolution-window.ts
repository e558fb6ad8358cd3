import { listAttr, type OpArguments } from '../op-definition.ts';

/** Output [height, width] of a window over [height, width]; attributes stride, padding (top, bottom, left, right) and dilation. */
export function windowOutput(
  args: OpArguments,
  height: number,
  width: number,
  kernel: readonly [number, number],
): readonly [number, number] {
  const [strideH, strideW] = listAttr(args, 'stride', 2) as [number, number];
  const [top, bottom, left, right] = listAttr(args, 'padding', 4) as [number, number, number, number];
  const [dilationH, dilationW] = args.attrs['dilation'] === undefined ? [1, 1] : (listAttr(args, 'dilation', 2) as [number, number]);
  if (Math.min(strideH, strideW, dilationH, dilationW) < 1 || Math.min(top, bottom, left, right) < 0) {
    throw new RangeError(
      `stride [${strideH}, ${strideW}], dilation [${dilationH}, ${dilationW}] must be positive and the padding not negative`,
    );
  }
  const outHeight = Math.floor((height + top + bottom - dilationH * (kernel[0] - 1) - 1) / strideH) + 1;
  const outWidth = Math.floor((width + left + right - dilationW * (kernel[1] - 1) - 1) / strideW) + 1;
  if (outHeight < 1 || outWidth < 1) {
    throw new RangeError(`a window of ${kernel[0]}x${kernel[1]} does not fit into ${height}x${width}`);
  }
  return [outHeight, outWidth];
}
