import { fitSize } from '../../datasets/transforms/resample.ts';
import { cityscapesEvaluation, paddedSize, plusMinusOneNormalization } from '../../datasets/transforms/segmentation.ts';
import type { SegmentationEvaluation } from '../../datasets/transforms/segmentation.ts';
import { withDefaults } from '../../engine/spaces/dpc/settings.ts';
import type { Architecture } from '../../engine/spaces/search-space.ts';
import { deepLabSegmentation, hrNasSegmentation } from '../../engine/tasks/segmentation.ts';
import type { SegmentationOptions } from '../../engine/tasks/segmentation.ts';

type Size = readonly [height: number, width: number];

/** How a network is shown whole pictures, and how its outputs are read. */
export interface PictureRules {
  readonly transform: SegmentationEvaluation;
  readonly options: Omit<SegmentationOptions, 'classes'>;
}

/**
 * As the searches of its space rank networks. `fit` is the size that pictures are scaled to fit, or a size at which a trial was ranked: with
 * DPC, whose corners align, that is the picture's and one more pixel each way, which is padding.
 */
export function pictureRules({ space, settings }: Architecture, fit: Size | undefined): PictureRules {
  if (space !== 'dpc') {
    return { transform: { ...cityscapesEvaluation, ...(fit === undefined ? {} : { size: fit }) }, options: hrNasSegmentation };
  }
  const { outputStride: stride } = withDefaults(settings);
  const withoutPadding = (side: number): number => (side % stride === 1 && side > 1 ? side - 1 : side);
  const size = fit === undefined ? {} : { size: [withoutPadding(fit[0]), withoutPadding(fit[1])] as const };
  return {
    transform: { ...cityscapesEvaluation, ...size, pad: { stride }, normalization: plusMinusOneNormalization },
    options: deepLabSegmentation,
  };
}

/** What the network is built for when it is shown a picture of this size. */
export function networkSize({ transform }: PictureRules, { height, width }: { readonly height: number; readonly width: number }): Size {
  const fitted = transform.size === undefined ? { height, width } : fitSize(height, width, ...transform.size);
  return paddedSize([fitted.height, fitted.width], transform.pad);
}
