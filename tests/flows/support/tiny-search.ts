import { synthesizeCityscapes } from '../../../datasets/cityscapes/synthesize/synthesize.ts';
import type { Json } from '../../../db/store.ts';
import { openLab } from '../../../electron/lab/lab.ts';
import { tinySupernet } from '../../tiny-supernet.ts';

/** A real HR-NAS search on real files that takes a few seconds; high threshold and penalties, so that a few steps are enough to shrink. */
export function tinySearch(steps: number): Json {
  return {
    preset: 'demo',
    seed: 5,
    space: { classes: 19, ...tinySupernet },
    data: { batchSize: 2, baseSize: [16, 32], crop: [16, 32], evaluationSize: [16, 32], evaluationBatchSize: 2, workers: 1, readAhead: 2 },
    evaluate: { calibrationBatches: 2, calibrationBatchSize: 2 },
    strategy: {
      id: 'shrink',
      warmupSteps: steps,
      steps,
      rampSteps: 2,
      intervalSteps: Math.max(1, Math.floor(steps / 3)),
      penalties: [0.3, 3],
      withReference: false,
      minPrunedMacs: 1,
      threshold: 0.9,
    },
    checkpoint: { everySteps: 3 },
  };
}

/** The same, with four networks that a strategy proposes and that are trained one after the other; the best is trained again. */
export function trialSearch(strategy: Readonly<Record<string, Json>>): Json {
  return { ...(tinySearch(6) as object), strategy: { trials: 4, steps: 6, retrain: { top: 1, steps: 6 }, ...strategy } };
}

/** A home whose data set 'city' has a dozen synthetic pictures. */
export async function homeWithCity(home: string, data: string): Promise<void> {
  await synthesizeCityscapes(data, { seed: 1, train: 12, val: 2, test: 0, height: 64, width: 128, workers: 0 });
  const lab = openLab({ home });
  await lab.api.addDataset({ root: data, name: 'city' });
  await lab.close();
}
