import type { KeypointsSource } from '../../../datasets/keypoints-source.ts';
import { createLoader } from '../../../datasets/loader.ts';
import { cocoEvaluation } from '../../../datasets/transforms/keypoints.ts';
import { EngineError } from '../../../engine/error.ts';
import type { Pose } from '../../../engine/metrics/keypoints-nms.ts';
import type { Weights } from '../../../engine/run/weights.ts';
import { openWeights } from './open-weights.ts';
import { createPoseNetwork } from './pose-network.ts';
import type { PoseSettings } from './pose-settings.ts';
import type { NetworkOnSplit } from './segmentation-network.ts';
import type { TaskControl } from './table.ts';

/** Persons of a split and the network that sees them. */
export interface PersonsInput extends NetworkOnSplit {
  /** Needed for key points. */
  readonly pose?: PoseSettings;
  /** Whose persons are looked at: 'ground-truth' (when absent), or a file of detected boxes. */
  readonly boxes?: string;
}

export const GROUND_TRUTH_BOXES = 'ground-truth';
const batchSize = 16;

/** All persons in the boxes of a split, before any is dropped. `source` stays open. */
export async function predictPersons(source: KeypointsSource, input: PersonsInput, { signal, progress }: TaskControl) {
  const { arch, weights: file, split, pose, boxes = GROUND_TRUTH_BOXES } = input;
  if (pose === undefined) throw new EngineError('wrong-task', 'key points: how persons are shown to the network was not said.');
  const crops = await source.crops(split, boxes);
  if (crops.length === 0) {
    const looked = boxes === GROUND_TRUTH_BOXES ? 'no labelled person' : `no box in ${boxes}`;
    throw new EngineError('no-persons', `key points: the split ${split} has ${looked}; expected at least one person to look at.`, {
      tip:
        boxes === GROUND_TRUTH_BOXES
          ? 'Score a split with labelled persons, or name a file of detected boxes.'
          : 'Name the boxes of this split.',
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
