import { parseSearchConfig, type KeypointsDataConfig, type SearchConfig } from '../../../../engine/search/config.ts';
import { COCO_SIGMAS } from '../../../../engine/metrics/keypoints-joints.ts';
import type { KeypointsTruth, TruePerson } from '../../../../engine/metrics/keypoints-truth.ts';
import { rngFor } from '../../../../engine/rng.ts';
import type { KeypointsBatch } from '../../../../engine/tasks/task.ts';

const joints = COCO_SIGMAS.length;
const stride = 4;
const data = { dataset: 'memory', batchSize: 2, evaluationBatchSize: 2 };

/** HR-NAS for poses on the supernet `space`, which shrinks within seconds. */
export function tinyPoseConfig(space: object, strategy: object): SearchConfig {
  return parseSearchConfig({
    preset: 'hrnas-pose-demo',
    seed: 5,
    space: { ...space, task: 'pose', classes: joints },
    data: { ...data, inputSize: [32, 24] },
    evaluate: { calibrationBatches: 2, calibrationBatchSize: 2 },
    strategy,
    checkpoint: { everySteps: 2 },
  });
}

/** Evolution over networks of two branches. */
export function tinyLiteConfig(strategy: object = {}): SearchConfig {
  const widths = [
    [16, 8],
    [32, 16],
  ];
  return parseSearchConfig({
    preset: 'lite-hrnet-demo',
    seed: 5,
    space: { inputSize: [32, 24], stem: [8, 8], branches: [2], fuse: [true], maxModules: 1, maxBlocks: 2, widths, ratios: [4, 2] },
    data: { ...data, inputSize: [32, 24] },
    train: { rateWarmupSteps: 2 },
    strategy: { id: 'evolution', trials: 4, steps: 3, population: 2, tournament: 2, ...strategy },
    checkpoint: { everySteps: 2 },
  });
}

/** Bright dots, one a joint, each in a place of its own heat map; the same number gives the same batch. A crop is its whole picture. */
export function tinyPersons(config: SearchConfig, purpose: string, index: number): KeypointsBatch {
  const { inputSize, batchSize: size } = config.data as KeypointsDataConfig;
  const [height, width] = inputSize;
  const [heatHeight, heatWidth] = [height / stride, width / stride];
  const images = new Float32Array(size * height * width * 3);
  const targets = new Float32Array(size * heatHeight * heatWidth * joints);
  for (let n = 0; n < size; n++) {
    placesOf(config, purpose, index, n).forEach(([x, y], joint) => {
      targets[((n * heatHeight + y) * heatWidth + x) * joints + joint] = 1;
      images[((n * height + y * stride) * width + x * stride) * 3 + (joint % 3)] = 1 + joint / joints;
    });
  }
  const persons = Array.from({ length: size }, (_, n) => ({
    imageId: index * size + n + 1,
    centre: [width / 2, height / 2] as const,
    scale: [width / 200, height / 200] as const,
    score: 1,
  }));
  const targetWeights = new Float32Array(size * joints).fill(1);
  return { kind: 'keypoints', size, height, width, images, heatHeight, heatWidth, joints, targets, targetWeights, persons };
}

/** Column and row in the heat maps. */
function placesOf(config: SearchConfig, purpose: string, index: number, person: number): readonly (readonly [number, number])[] {
  const [height, width] = (config.data as KeypointsDataConfig).inputSize;
  const rng = rngFor(config.seed, purpose, index, person);
  return Array.from({ length: joints }, () => [rng.int(width / stride), rng.int(height / stride)] as const);
}

/** The labels of the first `batches` batches of a purpose. */
export function tinyTruth(config: SearchConfig, purpose: string, batches: number): KeypointsTruth {
  const { inputSize, batchSize } = config.data as KeypointsDataConfig;
  const [height, width] = inputSize;
  const persons = Array.from({ length: batches * batchSize }, (_, i): TruePerson => {
    const places = placesOf(config, purpose, Math.floor(i / batchSize), i % batchSize);
    return {
      id: i + 1,
      imageId: i + 1,
      box: [0, 0, width, height],
      areaPx2: height * width,
      isCrowd: false,
      labelledJoints: joints,
      keypoints: places.flatMap(([x, y]) => [x * stride, y * stride, 2]),
    };
  });
  return { imageIds: persons.map(({ imageId }) => imageId), persons };
}
