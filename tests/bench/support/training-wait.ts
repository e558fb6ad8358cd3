/** How long a training loop waits for its data: the product's own loader and training steps, apart and together. */
import { tmpdir } from 'node:os';
import { openDataset } from '../../../datasets/catalog.ts';
import { openParts } from '../../../electron/compute/search-parts.ts';
import type { Backend } from '../../../engine/backend/backend.ts';
import type { SearchConfig } from '../../../engine/search/config.ts';
import { noProgress } from '../../../engine/search/parts.ts';
import type { SearchParts } from '../../../engine/search/parts.ts';
import type { PhaseContext } from '../../../engine/search/phases/context.ts';
import { recipeFor } from '../../../engine/search/phases/recipe-of-phase.ts';
import { newStart, TrainingRun } from '../../../engine/search/phases/training-run.ts';
import { planSearch } from '../../../engine/search/plan.ts';
import type { Architecture } from '../../../engine/spaces/search-space.ts';

export interface TrainingWait {
  /** Images a second. */
  readonly loaderRate: number;
  readonly trainingRate: number;
  readonly togetherRate: number;
  /** Share of the loop's time in which it waits for a batch and brings it to the backend. */
  readonly waitingShare: number;
}

/**
 * Each of the three is measured for `seconds`, at least three steps of one batch: accumulating several changes nothing of how many images a
 * second there are. Nothing that was decoded is kept: the loader reads files.
 */
export async function measureTrainingWait(
  given: SearchConfig,
  arch: Architecture,
  backend: Backend,
  root: string,
  seconds: number,
): Promise<TrainingWait> {
  const config = { ...given, data: { ...given.data, cacheBytes: 0 }, train: { ...given.train, accumulate: 1 } };
  const { batchSize } = config.data;
  const loaderRate = await withParts(config, backend, root, async ({ trainBatch }) => {
    let next = 0;
    await trainBatch(next++);
    return batchSize * (await rateOf(seconds, () => trainBatch(next++)));
  });
  return withParts(config, backend, root, async (parts) => {
    const batch = await parts.trainBatch(0);
    let isAlone = true;
    const trainBatch: SearchParts['trainBatch'] = (index) => (isAlone ? Promise.resolve(batch) : parts.trainBatch(index));
    const run = await newRun(config, { ...parts, trainBatch, compileFrom: 1 }, arch);
    try {
      for (let i = 0; i < 2; i++) await run.train();
      const trainingRate = batchSize * (await rateOf(seconds, () => run.train()));
      isAlone = false;
      await run.train();
      let waitedMs = 0;
      const began = performance.now();
      const togetherRate = await rateOf(seconds, async () => {
        const event = await run.train();
        if (event.type === 'scalars') waitedMs += event.values['waitMs']!;
      });
      const waitingShare = waitedMs / (performance.now() - began);
      return { loaderRate, trainingRate, togetherRate: batchSize * togetherRate, waitingShare };
    } finally {
      run.dispose();
    }
  });
}

/** Times a second that `work` runs. */
async function rateOf(seconds: number, work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  let times = 0;
  while (times < 3 || performance.now() - began < 1000 * seconds) {
    await work();
    times++;
  }
  return (1000 * times) / (performance.now() - began);
}

async function newRun(config: SearchConfig, parts: SearchParts, arch: Architecture): Promise<TrainingRun> {
  const plan = planSearch(config);
  const context: PhaseContext = {
    plan,
    parts,
    recipe: recipeFor(plan, parts, plan.phases[0]!),
    index: 0,
    signal: { aborted: false },
    resume: undefined,
    kept: new Map(),
    finished: new Map(),
    failed: new Map(),
  };
  return new TrainingRun(context, await newStart(context, arch), { offset: 0, total: plan.totalSteps, stepsPerNetwork: plan.totalSteps });
}

async function withParts<T>(config: SearchConfig, backend: Backend, root: string, use: (parts: SearchParts) => Promise<T>): Promise<T> {
  const source = await openDataset(root, 'cityscapes');
  const { kind, fingerprint } = source.info;
  await source.close();
  const folder = tmpdir();
  const dataset = { kind, root, fingerprint };
  const job = { config: {}, folder, features: folder, dataset, isFirstRun: true, progress: noProgress, files: [] };
  const { parts, close } = await openParts(job, config, backend, undefined);
  try {
    return await use(parts);
  } finally {
    await close();
  }
}
