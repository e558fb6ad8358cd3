import type { SampleTile } from '../../../electron/ipc/dataset-browsing.ts';

/** What lies over a picture: nothing, the labels, or a model's prediction or errors. */
export type LayerChoice =
  { readonly kind: 'none' } | { readonly kind: 'labels' } | { readonly kind: 'prediction' | 'errors'; readonly evaluation: string };

export interface MediaOptions {
  readonly width?: number;
  readonly evaluation?: string;
  /** Errors of this class alone. */
  readonly only?: number | undefined;
}

/** Address of one layer of a sample. */
export function mediaAddress(
  { media }: Pick<SampleTile, 'media'>,
  layer: 'image' | 'labels' | 'prediction' | 'errors' | 'ids' | 'prediction-ids',
  { width, evaluation, only }: MediaOptions = {},
): string {
  const query = new URLSearchParams();
  if (width !== undefined) query.set('width', String(width));
  if (evaluation !== undefined) query.set('evaluation', evaluation);
  if (only !== undefined) query.set('class', String(only));
  const text = query.toString();
  return `${media}${layer}.png${text === '' ? '' : `?${text}`}`;
}

/** Undefined where there is nothing to lay over the picture. */
export function layerAddress(
  sample: Pick<SampleTile, 'media' | 'hasLabels'>,
  layer: LayerChoice,
  options: MediaOptions = {},
): string | undefined {
  if (layer.kind === 'none' || (layer.kind !== 'prediction' && !sample.hasLabels)) return undefined;
  return layer.kind === 'labels'
    ? mediaAddress(sample, 'labels', { ...options, only: undefined })
    : mediaAddress(sample, layer.kind, { ...options, evaluation: layer.evaluation });
}

/** 'labels', 'errors:ev-12', as it stands in the address of a view. */
export function layerText(layer: LayerChoice): string {
  return 'evaluation' in layer ? `${layer.kind}:${layer.evaluation}` : layer.kind;
}

export function parseLayer(text: unknown, fallback: LayerChoice): LayerChoice {
  if (text === 'none' || text === 'labels') return { kind: text };
  const match = /^(prediction|errors):(ev-[0-9a-f]+)$/.exec(String(text));
  return match === null ? fallback : { kind: match[1] as 'prediction' | 'errors', evaluation: match[2] ?? '' };
}

export const rgb = ([red = 0, green = 0, blue = 0]: readonly number[]): string => `rgb(${red} ${green} ${blue})`;

/** As the lab draws errors (datasets/picture-layers.ts), for legends. */
export const errorColors = { missed: [230, 97, 1], invented: [94, 60, 153], hit: [26, 150, 85] } as const;

/** As the lab draws the sides of a person (datasets/render-keypoints.ts), for legends; left and right are the person's own. */
export const skeletonColors = { left: [230, 97, 1], right: [34, 102, 204] } as const;
