import type { Joint } from './joints.ts';

/** Where a batch keeps the heat maps of one person. */
export interface HeatMaps {
  readonly height: number;
  readonly width: number;
  /** [height, width, joints], 0 before. */
  readonly targets: Float32Array;
  /** [joints] */
  readonly weights: Float32Array;
}

/**
 * Gaussians of peak 1 around the joints, in windows of 3 sigma to each side, cut at the borders (HRNet, lib/dataset/JointsDataset.py). `joints`
 * are in pixels of the crop, which is `stride` times as large as the maps. The peak lies on a whole pixel. A joint whose window lies outside gets
 * weight 0; one whose window ends just before the first row or column keeps its weight and is not drawn, as in the original.
 * Differs: with a sigma that is no whole number the window reaches floor(3 sigma) to each side.
 */
export function drawHeatMaps({ height, width, targets, weights }: HeatMaps, joints: readonly Joint[], stride: number, sigma: number): void {
  const reach = Math.floor(3 * sigma);
  const size = 2 * reach + 1;
  const gaussian = Float32Array.from({ length: size * size }, (_, i) => {
    const dx = (i % size) - reach;
    const dy = Math.floor(i / size) - reach;
    return Math.exp(-(dx * dx + dy * dy) / (2 * sigma * sigma));
  });
  joints.forEach(({ x, y, isLabelled }, joint) => {
    // Cut towards 0, as Python's int() does: from -1.5 strides on a joint left of the crop peaks in column 0.
    const peakX = Math.trunc(x / stride + 0.5);
    const peakY = Math.trunc(y / stride + 0.5);
    const [left, top] = [peakX - reach, peakY - reach];
    const [right, bottom] = [peakX + reach + 1, peakY + reach + 1];
    const isOutside = left >= width || top >= height || right < 0 || bottom < 0;
    weights[joint] = isLabelled && !isOutside ? 1 : 0;
    if (weights[joint] === 0) return;
    for (let row = Math.max(0, top); row < Math.min(height, bottom); row++) {
      for (let column = Math.max(0, left); column < Math.min(width, right); column++) {
        targets[(row * width + column) * joints.length + joint] = gaussian[(row - top) * size + column - left] as number;
      }
    }
  });
}
