import { datasetKind } from '../../../datasets/catalog.ts';
import { evaluateKeypoints } from './evaluate-keypoints.ts';
import type { KeypointsEvaluateOutput, KeypointsPictureScore } from './evaluate-keypoints.ts';
import { evaluateSegmentation } from './evaluate-segmentation.ts';
import type { SegmentationEvaluateInput, SegmentationEvaluateOutput, SegmentationPictureScore } from './evaluate-segmentation.ts';
import type { PersonsInput } from './predict-persons.ts';
import type { TaskControl } from './table.ts';

export type EvaluateInput = SegmentationEvaluateInput & PersonsInput;
export type EvaluateOutput = SegmentationEvaluateOutput | KeypointsEvaluateOutput;
export type PictureScore = SegmentationPictureScore | KeypointsPictureScore;

/** The official metric of the data set over a whole split. Throws what the evaluation of its task throws. */
export function evaluateTask(input: EvaluateInput, control: TaskControl): Promise<EvaluateOutput> {
  return datasetKind(input.dataset.kind).task === 'keypoints' ? evaluateKeypoints(input, control) : evaluateSegmentation(input, control);
}
