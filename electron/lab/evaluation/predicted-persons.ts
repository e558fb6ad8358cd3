import type { KeypointsItemRef } from '../../../datasets/keypoints-source.ts';
import type { PersonView, SampleDetail, SampleRef } from '../../ipc/dataset-browsing.ts';
import type { CocoResult } from '../../compute/tasks/coco-result.ts';
import type { LabContext } from '../context.ts';
import type { DatasetTools } from '../datasets/tools.ts';
import { needEvaluation } from './pictures.ts';
import { resultsByImage } from './results.ts';

/**
 * Adds the persons that evaluations saw in a picture, best first; evaluations of another split or content, and those without predictions, are left
 * out. StoreError 'unknown-evaluation', 'evaluation-files-missing'.
 */
export async function withPredictedPersons(
  context: LabContext,
  tools: DatasetTools,
  sample: SampleDetail,
  { dataset, split, index }: SampleRef,
  evaluations: readonly string[],
): Promise<SampleDetail> {
  if (sample.persons === undefined || evaluations.length === 0) return sample;
  const source = await tools.open(dataset);
  const item = source.itemRef?.(split, index) as KeypointsItemRef;
  const fitting = evaluations.filter((id) => {
    const record = needEvaluation(context, id);
    return record.split === split && record.fingerprint === source.info.fingerprint;
  });
  const predictions = await Promise.all(
    fitting.map(async (evaluation) => {
      const results = await resultsByImage(context.layout, evaluation);
      return results === undefined ? [] : [{ evaluation, persons: (results.get(item.imageId) ?? []).map(viewOf) }];
    }),
  );
  return { ...sample, persons: { ...sample.persons, predictions: predictions.flat() } };
}

function viewOf({ keypoints, score }: CocoResult): PersonView {
  const xs = keypoints.filter((_, i) => i % 3 === 0);
  const ys = keypoints.filter((_, i) => i % 3 === 1);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { box: [left, top, Math.max(...xs) - left, Math.max(...ys) - top], keypoints, isPredicted: true, isCrowd: false, score };
}
