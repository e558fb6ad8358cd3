import type { KeypointsBatch } from '../../../datasets/batch.ts';
import { dispose, tidy } from '../../../engine/backend/tf.ts';
import { findSpace } from '../../../engine/catalog.ts';
import { EngineError } from '../../../engine/error.ts';
import type { ModelGraph } from '../../../engine/graph/model-graph.ts';
import type { Pose } from '../../../engine/metrics/keypoints-nms.ts';
import { inferenceMode, run } from '../../../engine/run/run.ts';
import type { Weights } from '../../../engine/run/weights.ts';
import type { Architecture } from '../../../engine/spaces/search-space.ts';
import { posesOf } from '../../../engine/tasks/keypoints-poses.ts';
import { keypointsTask } from '../../../engine/tasks/keypoints.ts';
import type { PoseSettings } from './pose-settings.ts';

/** Sees persons in crops. The weights stay the caller's. */
export interface PoseNetwork {
  readonly graph: ModelGraph;
  /** All persons of a batch, before any is dropped. */
  poses(batch: KeypointsBatch): Promise<readonly Pose[]>;
}

const JOINTS = 17;

/** `weightsOf` is asked once, with the graph for crops of the settings' size. */
export async function createPoseNetwork(
  arch: Architecture,
  settings: PoseSettings,
  weightsOf: (graph: ModelGraph) => Weights | Promise<Weights>,
): Promise<PoseNetwork> {
  const graph = findSpace(arch.space).graph(arch, [...settings.inputSize, 3]);
  const weights = await weightsOf(graph);
  const options = { joints: JOINTS, ...settings };
  const task = keypointsTask({ ...options, lossFactor: 1 });
  const inputId = graph.inputs[0]?.id ?? 'input';
  return {
    graph,
    poses: async (batch) => {
      const [outputs] = tidy(() => run(graph, weights, { [inputId]: task.evaluationInputs(batch) }, inferenceMode).outputs);
      if (outputs === undefined) throw new EngineError('no-output', 'key points: the network has no output.');
      try {
        return await posesOf(outputs, batch, options);
      } finally {
        dispose(outputs);
      }
    },
  };
}
