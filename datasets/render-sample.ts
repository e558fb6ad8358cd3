import { encodePng } from './decode/png-encode.ts';
import type { ClassInfo, SegmentationSample } from './source.ts';

export interface RenderOptions {
  /** Share of the class colour over the picture, 0..1. */
  readonly alpha: number;
  /** Draws class borders dark, 1 px. */
  readonly hasBorders: boolean;
}

export const defaultRenderOptions: RenderOptions = { alpha: 0.55, hasBorders: true };

const IGNORED = 255;
/** Ignored pixels get dark diagonal stripes instead of a class colour. */
const STRIPE_PERIOD = 8; // px
const BORDER_FACTOR = 0.35;
const IGNORED_FACTOR = 0.6;

/** A sample with its labels laid over it, as PNG. Without labels the picture alone. */
export function renderSegmentationSample(
  sample: SegmentationSample,
  classes: readonly ClassInfo[],
  options: Partial<RenderOptions> = {},
): Buffer {
  const { alpha, hasBorders } = { ...defaultRenderOptions, ...options };
  const { height, width, rgb, labels } = sample;
  if (labels.length === 0) return encodePng({ width, height, channels: 3, data: rgb });
  const colors = new Map(classes.map((entry) => [entry.id, entry.color]));
  const data = new Uint8Array(rgb.length);
  for (let i = 0; i < labels.length; i++) {
    const x = i % width;
    const y = (i - x) / width;
    const label = labels[i] as number;
    const color = colors.get(label);
    const isStripe = label === IGNORED && (x + y) % STRIPE_PERIOD < STRIPE_PERIOD / 2;
    const isBorder = (x + 1 < width && labels[i + 1] !== label) || (y + 1 < height && labels[i + width] !== label);
    const factor = hasBorders && isBorder ? BORDER_FACTOR : 1;
    for (let c = 0; c < 3; c++) {
      const own = rgb[3 * i + c] as number;
      const over = color?.[c] ?? (isStripe ? 0 : own * IGNORED_FACTOR);
      data[3 * i + c] = Math.round((own * (1 - alpha) + over * alpha) * factor);
    }
  }
  return encodePng({ width, height, channels: 3, data });
}

/** The index of a sample by its key in a split, or by its whole number; undefined when there is none. */
export function findSample(
  source: { size(split: string): number; key(split: string, index: number): string },
  split: string,
  id: string,
): number | undefined {
  const size = source.size(split);
  // Keys first: some are made of digits alone.
  for (let i = 0; i < size; i++) if (source.key(split, i) === id) return i;
  return /^\d+$/.test(id) && Number(id) < size ? Number(id) : undefined;
}
