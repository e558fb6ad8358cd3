import { EngineError } from '../error.ts';
import type { KeypointsTruth } from '../metrics/keypoints-truth.ts';
import { keypointsTask, type KeypointsOptions } from './keypoints.ts';
import { segmentationTask, type SegmentationOptions } from './segmentation.ts';
import type { Batch, Task } from './task.ts';

export type TaskOptions = ({ readonly kind: 'segmentation' } & SegmentationOptions) | ({ readonly kind: 'keypoints' } & KeypointsOptions);

/**
 * The task of the options; `truth` is what key points are scored against, needed only by an evaluation. A batch of another kind is refused
 * with EngineError 'bad-batch'.
 */
export function createTask(options: TaskOptions, truth?: KeypointsTruth): Task {
  return options.kind === 'keypoints' ? checked(keypointsTask(options, truth)) : checked(segmentationTask(options));
}

function checked<B extends Batch>(task: Task<B>): Task {
  const own = (batch: Batch): B => {
    if (batch.kind === task.id) return batch as B;
    throw new EngineError('bad-batch', `a batch for ${task.id} was expected, one for ${batch.kind} came.`);
  };
  return {
    ...task,
    collate: (batch) => task.collate(own(batch)),
    evaluationInputs: (batch) => task.evaluationInputs(own(batch)),
    evaluator: () => {
      const evaluator = task.evaluator();
      return {
        add: (outputs, batch) => evaluator.add(outputs, own(batch)),
        metrics: () => evaluator.metrics(),
        details: () => evaluator.details(),
      };
    },
  };
}
