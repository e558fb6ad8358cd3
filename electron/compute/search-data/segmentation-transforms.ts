import { imagenetNormalization } from '../../../datasets/transforms/normalize.ts';
import type { Normalization } from '../../../datasets/transforms/normalize.ts';
import { cityscapesEvaluation, cityscapesTraining, plusMinusOneNormalization } from '../../../datasets/transforms/segmentation.ts';
import type { SegmentationEvaluation, SegmentationTraining } from '../../../datasets/transforms/segmentation.ts';
import type { SegmentationDataConfig } from '../../../engine/search/config.ts';

const normalizations: Readonly<Record<SegmentationDataConfig['normalization'], Normalization>> = {
  imagenet: imagenetNormalization,
  'plus-minus-one': plusMinusOneNormalization,
};

/** How a search changes its training pictures. */
export function trainingTransform(data: SegmentationDataConfig): SegmentationTraining {
  return {
    ...cityscapesTraining,
    base: data.baseSize,
    crop: data.crop,
    scale: data.scale,
    scaleStep: data.scaleStep,
    flipProbability: data.flipProbability,
    maxClassShare: data.maxClassShare,
    photometric: data.photometric ? cityscapesTraining.photometric : false,
    normalization: normalizations[data.normalization],
  };
}

/**
 * How pictures are ranked: scaled to fit the evaluation's size; with aligned corners (sizes of 16 k + 1 px) at a scale of 1 and padded right and
 * below, as DeepLab pads 1024x2048 to 1025x2049.
 */
export function rankingTransform(data: SegmentationDataConfig): SegmentationEvaluation {
  const sizes = data.loss.alignCorners ? { size: data.baseSize, pad: data.evaluationSize } : { size: data.evaluationSize };
  return { ...cityscapesEvaluation, ...sizes, normalization: normalizations[data.normalization] };
}
