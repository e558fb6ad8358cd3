import { measureCompileFrom } from '../../../engine/backend/backend.ts';
import { estimate } from '../../../engine/cost/estimate.ts';
import { percent, quantity } from '../../../engine/export/quantity.ts';
import { rngFor } from '../../../engine/rng.ts';
import type { SearchConfig } from '../../../engine/search/config.ts';
import { costOf, spaceOf, supernetOf } from '../../../engine/search/network.ts';
import type { SearchParts } from '../../../engine/search/parts.ts';
import { newStart, TrainingRun } from '../../../engine/search/phases/training-run.ts';
import { planSearch } from '../../../engine/search/plan.ts';
import type { SearchPlan } from '../../../engine/search/plan.ts';
import type { SegmentationBatch } from '../../../engine/tasks/task.ts';
import { checkStart } from '../search-setup.ts';
import { bytesText, durationText } from './format.ts';
import { openChosenBackend } from './network.ts';
import type { CommandResult, Session } from './session.ts';
import { log10SpaceSize } from './space-size.ts';
import { facts } from './table.ts';

const sampleCount = 500;
const binCount = 10;
const measuredSteps = 3;
/** A step that takes longer than this is measured once: preparing it is a small part of it. */
const longStepMs = 5000;
/** A forward pass costs about a third of a training step, which goes forward once and back with two products for each. */
const forwardShare = 1 / 3;

interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** What a search would take: the space, random samples of it, and one measured training step of its largest network. Starts nothing. */
export async function dryRun(session: Session, config: SearchConfig): Promise<CommandResult> {
  // A data set that is not there is found out now, not at the start.
  const dataset = await (await session.lab()).dataset(config.data.dataset);
  checkStart(config, session.options, dataset);
  const plan = planSearch(config);
  const space = describeSpace(config);
  session.output.notice('measuring a training step of the largest network');
  const step = await measureStep(session, config, plan);
  const seconds = estimatedSeconds(config, plan, step.stepMs, dataset.splits[config.data.rankingSplit] ?? 0);
  const document = {
    space,
    plan: { phases: plan.phases.map(({ name, steps }) => ({ name, steps })), steps: plan.totalSteps, trials: plan.totalTrials },
    ...step,
    seconds,
  };
  return {
    document,
    text: [
      facts([
        ['space', `10^${space.log10Size.toFixed(1)} in ${space.choices} choices`],
        ['largest', `${quantity(space.largestMacs, 'MACs')} at ${config.data.evaluationSize.join('x')}`],
        ['feasible', `${percent(space.feasible, 0)} of ${sampleCount} random samples`],
        [
          'plan',
          `${plan.totalSteps} steps, ${plan.totalTrials} trials: ${plan.phases.map((phase) => `${phase.name} ${phase.steps}`).join(', ')}`,
        ],
        ['step', `${step.stepMs.toFixed(0)} ms on ${step.backend} (largest network, ${imagesText(config)}; shrinking makes it faster)`],
        ['time', `at most about ${durationText(seconds)}`],
        ['memory', `about ${bytesText(step.memoryBytes)}`],
      ]),
      '',
      `MACs of ${sampleCount} random samples:`,
      ...histogramLines(space.histogram),
    ].join('\n'),
  };
}

function imagesText({ data: { batchSize }, train: { accumulate } }: SearchConfig): string {
  return accumulate === 1 ? `batch ${batchSize}` : `${accumulate} batches of ${batchSize}`;
}

function describeSpace(config: SearchConfig): {
  log10Size: number;
  choices: number;
  largestMacs: number;
  feasible: number;
  histogram: readonly Bin[];
} {
  const space = spaceOf(config);
  const choices = space.choices(config.space);
  const input = [...config.data.evaluationSize, 3];
  const samples = Array.from(
    { length: sampleCount },
    (_, i) => estimate(space.graph(space.sample(config.space, rngFor(config.seed, 'dry-run', i)), input)).macs,
  );
  const { strategy } = config;
  const isFeasible = (macs: number): boolean => strategy.id !== 'random' || (macs >= strategy.minMacs && macs <= strategy.maxMacs);
  return {
    log10Size: log10SpaceSize(space, config.space),
    choices: choices.length,
    largestMacs: costOf(config, supernetOf(config)).macs,
    feasible: samples.filter(isFeasible).length / sampleCount,
    histogram: histogramOf(samples),
  };
}

function histogramOf(values: readonly number[]): readonly Bin[] {
  const low = Math.min(...values);
  const width = (Math.max(...values) - low) / binCount || 1;
  const binOf = (value: number): number => Math.min(binCount - 1, Math.floor((value - low) / width));
  return Array.from({ length: binCount }, (_, bin) => ({
    from: low + bin * width,
    to: low + (bin + 1) * width,
    count: values.filter((value) => binOf(value) === bin).length,
  }));
}

function histogramLines(histogram: readonly Bin[]): string[] {
  const most = Math.max(...histogram.map((bin) => bin.count));
  return histogram.map(
    ({ from, to, count }) =>
      `${quantity(from, '').padStart(8)} – ${quantity(to, '').padEnd(8)} ${'█'.repeat(Math.round((40 * count) / most))} ${count}`,
  );
}

/** Best of a few training steps on pictures of nothing; what is in them does not change the time. */
async function measureStep(
  session: Session,
  config: SearchConfig,
  plan: SearchPlan,
): Promise<{ stepMs: number; backend: string; memoryBytes: number }> {
  const backend = await openChosenBackend(session);
  const context = {
    plan,
    index: 0,
    parts: blankParts(config, backend, await measureCompileFrom(backend)),
    signal: { aborted: false },
    resume: undefined,
    kept: new Map(),
    finished: new Map(),
  };
  const run = new TrainingRun(context, newStart(context, supernetOf(config)), {
    offset: 0,
    total: plan.totalSteps,
    stepsPerNetwork: plan.totalSteps,
  });
  try {
    let stepMs = Infinity;
    // The first step also prepares the network.
    for (let i = 0; i <= measuredSteps; i++) {
      const began = performance.now();
      await run.train();
      const tookMs = performance.now() - began;
      if (i > 0 || tookMs > longStepMs) stepMs = Math.min(stepMs, tookMs);
      if (tookMs > longStepMs) break;
    }
    return { stepMs, backend: backend.id, memoryBytes: process.memoryUsage().rss + config.data.cacheBytes };
  } finally {
    run.dispose();
  }
}

function blankParts(config: SearchConfig, backend: SearchParts['backend'], compileFrom: number | undefined): SearchParts {
  const {
    batchSize: size,
    crop: [height, width],
  } = config.data;
  const batch: SegmentationBatch = {
    size,
    height,
    width,
    images: new Float32Array(size * height * width * 3),
    labelHeight: height,
    labelWidth: width,
    labels: new Uint8Array(size * height * width),
  };
  const nothing = (): never => {
    throw new Error('a dry run has no files');
  };
  return {
    backend,
    compileFrom,
    trainBatch: () => Promise.resolve(batch),
    calibrationBatch: () => Promise.resolve(batch),
    evaluation: { batches: 0, batch: nothing },
    initialWeights: nothing,
    saveFile: nothing,
    readFile: nothing,
    yieldToEvents: () => Promise.resolve(),
  };
}

/** Training, and for each trial the recalibration and the ranking split; pictures weigh by their pixels. */
function estimatedSeconds({ data, evaluate, train }: SearchConfig, plan: SearchPlan, stepMs: number, splitSize: number): number {
  const pixelMs = stepMs / (data.batchSize * data.crop[0] * data.crop[1] * train.accumulate);
  const calibrationPixels = evaluate.calibrationBatches * evaluate.calibrationBatchSize * data.crop[0] * data.crop[1];
  const rankedSamples = data.rankingSamples === 0 ? splitSize : Math.min(data.rankingSamples, splitSize);
  const rankingPixels = rankedSamples * data.evaluationSize[0] * data.evaluationSize[1];
  return (plan.totalSteps * stepMs + plan.totalTrials * forwardShare * pixelMs * (calibrationPixels + rankingPixels)) / 1000;
}
