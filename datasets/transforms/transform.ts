import type { KeypointsBatch, SegmentationBatch } from '../batch.ts';
import type { KeypointsTransform } from './keypoints.ts';
import type { SegmentationTransform } from './segmentation.ts';

/** How samples become what a network takes. Plain data, so that it goes to any thread. */
export type Transform = SegmentationTransform | KeypointsTransform;

/** What a loader with this transform gives. */
export type BatchOf<T extends Transform> = T extends SegmentationTransform ? SegmentationBatch : KeypointsBatch;
