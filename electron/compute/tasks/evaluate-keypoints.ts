import { openDataset } from '../../../datasets/catalog.ts';
import { asKeypointsSource } from '../../../datasets/keypoints-source.ts';
import { scorePictures, type KeypointsStats } from '../../../engine/metrics/keypoints-ap.ts';
import { keypointsDetails, type JointScores } from '../../../engine/metrics/keypoints-details.ts';
import { suppressAlikeByPicture } from '../../../engine/metrics/keypoints-nms.ts';
import { scoredPictures } from '../../../engine/metrics/keypoints-results.ts';
import { cocoResult, type CocoResult } from './coco-result.ts';
import { GROUND_TRUTH_BOXES, predictPersons, type PersonsInput } from './predict-persons.ts';
import type { TaskControl } from './table.ts';

export interface KeypointsPictureScore {
  readonly key: string;
  /** Mean OKS of this picture's persons; null where none counts. */
  readonly similarity: number | null;
}

export interface KeypointsEvaluateOutput {
  readonly kind: 'keypoints';
  /** The ten official figures, AP first; null where nothing counts. */
  readonly figures: Readonly<Record<keyof KeypointsStats, number | null>>;
  readonly joints: JointScores;
  readonly pictures: readonly KeypointsPictureScore[];
  /** What was predicted, as the official tool and server read it. */
  readonly results: readonly CocoResult[];
  /** Crops that the network saw. */
  readonly persons: number;
  readonly boxes: string;
  /** Of the network: [height, width, channels]. */
  readonly input: readonly number[];
  readonly backend: string;
  readonly seconds: number;
}

/**
 * The ten official figures over a whole split: each box's person by the network, alike ones dropped by picture. Throws 'split-unlabelled' before
 * anything is computed, EngineError 'no-persons' where no person is to be looked at, and what reading and loading throw.
 */
export async function evaluateKeypoints(input: PersonsInput, control: TaskControl): Promise<KeypointsEvaluateOutput> {
  const { dataset, split, boxes = GROUND_TRUTH_BOXES } = input;
  const source = asKeypointsSource(await openDataset(dataset.root, dataset.kind));
  try {
    const truth = source.truth(split);
    const began = performance.now();
    const { poses, persons, graph, nmsThreshold } = await predictPersons(source, input, control);
    const results = suppressAlikeByPicture(poses, nmsThreshold).map(cocoResult);
    const pictures = scoredPictures(
      truth,
      results.map(({ image_id: imageId, score, keypoints }) => ({ imageId, score, keypoints })),
    );
    const details = keypointsDetails(pictures);
    const similarities = new Map(details.pictures.map(({ imageId, similarity }) => [imageId, similarity]));
    return {
      kind: 'keypoints',
      figures: orNull(scorePictures(pictures).stats),
      joints: details.joints,
      pictures: source.imageIds(split).map((id, index) => ({ key: source.key(split, index), similarity: similarities.get(id) ?? null })),
      results,
      persons,
      boxes,
      input: graph.inputs[0]?.shape ?? [],
      backend: control.backend.id,
      seconds: (performance.now() - began) / 1000,
    };
  } finally {
    await source.close();
  }
}

function orNull(stats: KeypointsStats): KeypointsEvaluateOutput['figures'] {
  const entries = Object.entries(stats).map(([name, value]: [string, number]) => [name, value < 0 ? null : value]);
  return Object.fromEntries(entries) as KeypointsEvaluateOutput['figures'];
}
