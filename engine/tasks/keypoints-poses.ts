import type { Tensor } from '../backend/tf.ts';
import { EngineError } from '../error.ts';
import { averageMirrored, decodePerson } from '../metrics/keypoints-decode.ts';
import { mirrorOfJoints } from '../metrics/keypoints-joints.ts';
import { cropAreaPx2, personScore, type Pose } from '../metrics/keypoints-nms.ts';
import type { KeypointsBatch } from './task.ts';

export interface PoseOptions {
  readonly joints: number;
  /** Heat maps of a person and of its mirror image are averaged, those shifted by one pixel. */
  readonly flipTest: boolean;
  /** Joints below it do not count in a person's score. */
  readonly visibleThreshold: number;
}

/**
 * The persons of a batch as the network saw them, before any is dropped; `outputs` [size, heatHeight, heatWidth, joints], with `flipTest` twice
 * the size, stay the caller's. Throws EngineError 'bad-output' when they have another shape.
 */
export async function posesOf(
  outputs: Tensor,
  batch: Pick<KeypointsBatch, 'size' | 'persons'>,
  options: PoseOptions,
): Promise<readonly Pose[]> {
  const [size = 0, height = 0, width = 0, joints = 0] = outputs.shape;
  const expected = batch.size * (options.flipTest ? 2 : 1);
  if (outputs.shape.length !== 4 || size !== expected || joints !== options.joints) {
    throw new EngineError(
      'bad-output',
      `key points: expected heat maps [${expected}, height, width, ${options.joints}] from the network, got [${outputs.shape.join(', ')}].`,
    );
  }
  const maps = { size, height, width, joints, values: await outputs.data() };
  const shown = options.flipTest ? averageMirrored(maps, mirrorFor(joints)) : maps;
  return batch.persons.map((person, index) => {
    const keypoints = decodePerson(shown, index, person);
    return {
      imageId: person.imageId,
      score: personScore(person.score, keypoints, options.visibleThreshold),
      keypoints,
      areaPx2: cropAreaPx2(person.scale),
    };
  });
}

function mirrorFor(joints: number): readonly number[] {
  const mirror = mirrorOfJoints(joints);
  if (mirror !== undefined) return mirror;
  throw new EngineError(
    'unknown-joints',
    `key points: which of ${joints} joints are left and right is not known; expected 17 (COCO) or 16 (MPII).`,
    {
      tip: 'Switch data.flipTest off.',
    },
  );
}
