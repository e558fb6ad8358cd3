import { openDataset } from '../../../datasets/catalog.ts';
import { asKeypointsSource, type KeypointsSource } from '../../../datasets/keypoints-source.ts';
import { createLoader } from '../../../datasets/loader.ts';
import { cocoEvaluation } from '../../../datasets/transforms/keypoints.ts';
import { EngineError } from '../../../engine/error.ts';
import { scorePictures, type KeypointsStats } from '../../../engine/metrics/keypoints-ap.ts';
import { keypointsDetails, type JointScores } from '../../../engine/metrics/keypoints-details.ts';
import { suppressAlikeByPicture, type Pose } from '../../../engine/metrics/keypoints-nms.ts';
import { scoredPictures } from '../../../engine/metrics/keypoints-results.ts';
import type { Weights } from '../../../engine/run/weights.ts';
import { cocoResult, type CocoResult } from './coco-result.ts';
import { openWeights } from './open-weights.ts';
import { createPoseNetwork } from './pose-network.ts';
import type { PoseSettings } from './pose-settings.ts';
import type { NetworkOnSplit } from './segmentation-network.ts';
import type { TaskControl } from './table.ts';

export interface KeypointsEvaluateInput extends NetworkOnSplit {
  /** Needed for key points. */
  readonly pose?: PoseSettings;
  /** Whose persons are looked at: 'ground-truth' (when absent), or a file of detected boxes. */
  readonly boxes?: string;
}

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

const batchSize = 16;
const groundTruth = 'ground-truth';

/**
 * The ten official figures over a whole split: each box's person by the network, alike ones dropped by picture. Throws 'split-unlabelled' before
 * anything is computed, EngineError 'no-persons' where no person is to be looked at, and what reading and loading throw.
 */
export async function evaluateKeypoints(input: KeypointsEvaluateInput, control: TaskControl): Promise<KeypointsEvaluateOutput> {
  const { dataset, split, boxes = groundTruth } = input;
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

/** All persons in the boxes of a split, before any is dropped. `source` stays open. */
export async function predictPersons(source: KeypointsSource, input: KeypointsEvaluateInput, { signal, progress }: TaskControl) {
  const { arch, weights: file, split, pose, boxes = groundTruth } = input;
  if (pose === undefined) throw new EngineError('wrong-task', 'key points: how persons are shown to the network was not said.');
  const crops = await source.crops(split, boxes);
  if (crops.length === 0) {
    const looked = boxes === groundTruth ? 'no labelled person' : `no box in ${boxes}`;
    throw new EngineError('no-persons', `key points: the split ${split} has ${looked}; expected at least one person to look at.`, {
      tip:
        boxes === groundTruth ? 'Score a split with labelled persons, or name a file of detected boxes.' : 'Name the boxes of this split.',
    });
  }
  let weights: Weights | undefined;
  const loader = createLoader({
    source,
    split,
    items: crops,
    batchSize,
    seed: 0,
    transform: { ...cocoEvaluation, inputSize: pose.inputSize },
    order: 'sequential',
    workers: 1,
  });
  try {
    const network = await createPoseNetwork(arch, pose, async (graph) => (weights = await openWeights(graph, file)));
    const poses: Pose[] = [];
    for (let step = 0; step < loader.batchesPerEpoch; step++) {
      signal.throwIfAborted();
      poses.push(...(await network.poses(await loader.batch(step))));
      progress(poses.length, crops.length, 'persons');
    }
    return { poses, persons: crops.length, graph: network.graph, nmsThreshold: pose.nmsThreshold };
  } finally {
    weights?.dispose();
    await loader.close();
  }
}

function orNull(stats: KeypointsStats): KeypointsEvaluateOutput['figures'] {
  const entries = Object.entries(stats).map(([name, value]: [string, number]) => [name, value < 0 ? null : value]);
  return Object.fromEntries(entries) as KeypointsEvaluateOutput['figures'];
}
