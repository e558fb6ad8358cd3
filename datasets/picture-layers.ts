import { scaleLabels } from './transforms/resample.ts';
import type { ClassInfo } from './source.ts';

/** Train ids of a picture, 255 = ignored. [height, width] */
export interface LabelPicture {
  readonly height: number;
  readonly width: number;
  readonly labels: Uint8Array;
}

/** Red, green, blue and opacity, interleaved. [height, width, 4] */
export type Rgba = Uint8Array;

const ignored = 255;
/** Ignored pixels get dark diagonal stripes instead of a class colour. */
const stripePeriod = 8; // px
const stripe = [20, 20, 20, 190] as const;
const gap = [20, 20, 20, 70] as const;

/** What a pixel is in a picture of errors. Chosen to differ also for colour-blind eyes, and in lightness. */
export const errorColors = {
  /** Predicted wrongly; with a class: of the class, but predicted as another one. */
  missed: [230, 97, 1],
  /** Of another class, but predicted as the chosen one. */
  invented: [94, 60, 153],
  /** Of the chosen class and predicted so. */
  hit: [26, 150, 85],
} as const;

/** The size that a layer is drawn in: `width` at most, aspect kept, never larger than the picture. */
export function layerSize(
  { height, width }: { readonly height: number; readonly width: number },
  wanted: number | undefined,
): { readonly height: number; readonly width: number } {
  if (wanted === undefined || wanted >= width) return { height, width };
  return { height: Math.max(1, Math.round((height * wanted) / width)), width: wanted };
}

/** Takes the nearest label, never a mean of two. */
export function resizeLabels(picture: LabelPicture, size: { readonly height: number; readonly width: number }): LabelPicture {
  if (size.height === picture.height && size.width === picture.width) return picture;
  const labels = scaleLabels(picture.labels, {
    sourceHeight: picture.height,
    sourceWidth: picture.width,
    scaledHeight: size.height,
    scaledWidth: size.width,
    top: 0,
    left: 0,
    ...size,
  });
  return { ...size, labels };
}

/** Class colours; ignored pixels striped, ids of no class transparent. */
export function classLayer({ width, labels }: LabelPicture, classes: readonly ClassInfo[]): Rgba {
  const colors = new Map(classes.map(({ id, color }) => [id, color]));
  const data = new Uint8Array(labels.length * 4);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as number;
    const color = colors.get(label);
    if (color !== undefined) paint(data, i, color, 255);
    else if (label === ignored) paintStripe(data, i, width);
  }
  return data;
}

/**
 * Where a prediction is wrong; pixels whose truth is ignored stay transparent, since nothing is scored there. With `only` the hits, misses
 * and false finds of that class. Both pictures have one size.
 */
export function errorLayer(truth: LabelPicture, prediction: LabelPicture, only?: number): Rgba {
  const data = new Uint8Array(truth.labels.length * 4);
  for (let i = 0; i < truth.labels.length; i++) {
    const label = truth.labels[i] as number;
    const predicted = prediction.labels[i] as number;
    if (label === ignored) continue;
    const color = only === undefined ? (label === predicted ? undefined : errorColors.missed) : ofClass(label, predicted, only);
    if (color !== undefined) paint(data, i, color, 255);
  }
  return data;
}

function ofClass(label: number, predicted: number, only: number): readonly [number, number, number] | undefined {
  if (label === only) return predicted === only ? errorColors.hit : errorColors.missed;
  return predicted === only ? errorColors.invented : undefined;
}

/** Lays a layer over a picture in place; `opacity` 0..1 weakens the layer's own. */
export function blend(rgb: Uint8Array, layer: Rgba, opacity: number): void {
  for (let i = 0; i < rgb.length / 3; i++) {
    const share = (opacity * (layer[4 * i + 3] as number)) / 255;
    for (let c = 0; c < 3; c++) {
      const own = rgb[3 * i + c] as number;
      rgb[3 * i + c] = Math.round(own + ((layer[4 * i + c] as number) - own) * share);
    }
  }
}

function paint(data: Rgba, pixel: number, [red, green, blue]: readonly [number, number, number], alpha: number): void {
  data[4 * pixel] = red;
  data[4 * pixel + 1] = green;
  data[4 * pixel + 2] = blue;
  data[4 * pixel + 3] = alpha;
}

function paintStripe(data: Rgba, pixel: number, width: number): void {
  const x = pixel % width;
  const y = (pixel - x) / width;
  const [red, green, blue, alpha] = (x + y) % stripePeriod < stripePeriod / 2 ? stripe : gap;
  paint(data, pixel, [red, green, blue], alpha);
}
