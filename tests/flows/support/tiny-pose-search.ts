import { synthesizeKeypoints } from '../../../datasets/coco-keypoints/synthesize/synthesize.ts';
import type { Json } from '../../../db/store.ts';
import { openLab } from '../../../electron/lab/lab.ts';
import { tinySupernet } from '../../tiny-supernet.ts';

const data = { dataset: 'people', inputSize: [32, 32], batchSize: 2, evaluationBatchSize: 4, workers: 1, readAhead: 2 };

/** HR-NAS for poses on real files in a few seconds; the threshold lies so near to 1 that a few steps are enough to shrink. */
export function tinyPoseSearch(steps: number): Json {
  return {
    preset: 'hrnas-pose-demo',
    seed: 5,
    space: { task: 'pose', ...tinySupernet },
    data,
    evaluate: { calibrationBatches: 2, calibrationBatchSize: 2 },
    strategy: {
      id: 'shrink',
      warmupSteps: steps,
      steps,
      rampSteps: 2,
      intervalSteps: Math.max(1, Math.floor(steps / 3)),
      penalties: [3e-4, 3e-3],
      withReference: false,
      minPrunedMacs: 1,
      threshold: 0.998,
    },
    checkpoint: { everySteps: 3 },
  };
}

/** Evolution over small Lite-HRNets. */
export function tinyLiteSearch(trials: number, steps: number): Json {
  return {
    preset: 'lite-hrnet-demo',
    seed: 5,
    space: {
      inputSize: [32, 32],
      branches: [2],
      fuse: [true],
      maxModules: 1,
      maxBlocks: 2,
      widths: [
        [16, 8],
        [32, 16],
      ],
      ratios: [4, 2],
    },
    data,
    train: { rateWarmupSteps: 2 },
    strategy: { id: 'evolution', trials, steps, population: 2, tournament: 2 },
    checkpoint: { everySteps: 3 },
  };
}

/** A home whose data set 'people' has a few dozen drawn figures. */
export async function homeWithPeople(home: string, folder: string): Promise<void> {
  await synthesizeKeypoints(folder, { seed: 1, train: 30, val: 2, height: 96, width: 128, workers: 0 });
  const lab = openLab({ home });
  await lab.api.addDataset({ root: folder, name: 'people' });
  await lab.close();
}
