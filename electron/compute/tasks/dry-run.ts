import { measureCompileFrom, openBackend } from '../../../engine/backend/backend.ts';
import { predictLatency } from '../../../engine/cost/latency-model.ts';
import type { LatencyModel } from '../../../engine/cost/latency-model.ts';
import { quantity } from '../../../engine/export/quantity.ts';
import { rngFor } from '../../../engine/rng.ts';
import { parseSearchConfig } from '../../../engine/search/config.ts';
import type { SearchConfig } from '../../../engine/search/config.ts';
import { costOf, latencyGraph, rankingSize, spaceOf, supernetOf, trainingSize, trialSettings } from '../../../engine/search/network.ts';
import type { SearchParts } from '../../../engine/search/parts.ts';
import { recipeFor } from '../../../engine/search/phases/recipe-of-phase.ts';
import { newStart, TrainingRun } from '../../../engine/search/phases/training-run.ts';
import { planSearch } from '../../../engine/search/plan.ts';
import type { SearchPlan } from '../../../engine/search/plan.ts';
import { systemRules } from '../../../engine/search/system-rules.ts';
import type { Architecture } from '../../../engine/spaces/search-space.ts';
import { log10SpaceSize } from '../../../engine/spaces/space-size.ts';
import type { Batch } from '../../../engine/tasks/task.ts';
import type { Json } from '../../../db/store.ts';
import type { DryRunReport, HistogramBin } from '../../ipc/planning.ts';
import type { TaskControl } from './table.ts';

const sampleCount = 500;
const binCount = 24;
const measuredSteps = 3;
/** A step that takes longer than this is measured once: preparing it is a small part of it. */
const longStepMs = 5000;
/** A forward pass costs about a third of a training step, which goes forward once and back with two products for each. */
const forwardShare = 1 / 3;
/** COCO train2017: 149,813 labelled persons in 118,287 pictures. */
const personsPerPicture = 1.27;

export interface DryRunInput {
  readonly config: Json;
  /** Samples of the split on which trials are ranked. */
  readonly rankingSplitSize: number;
  /** Where the config names a device profile. */
  readonly latency?: LatencyModel;
}

/** What a search would take: the space, random samples of it, and one measured training step of its largest network. */
export async function dryRunTask({ config: given, rankingSplitSize, latency }: DryRunInput, control: TaskControl): Promise<DryRunReport> {
  const config = parseSearchConfig(given);
  const { id: precision } = config.train.precision;
  // What the search would be refused is refused here.
  if (precision !== 'float32') await openBackend(control.backend.id, { precision });
  const plan = planSearch(config);
  const space = await describeSpace(config, latency, control);
  control.progress(sampleCount, sampleCount, 'measuring a training step of the largest network');
  const step = await measureStep(config, plan, control);
  return {
    space,
    plan: { phases: plan.phases.map(({ name, steps }) => ({ name, steps })), steps: plan.totalSteps, trials: plan.totalTrials },
    ...step,
    seconds: estimatedSeconds(config, plan, step.stepMs, rankingSplitSize),
  };
}

async function describeSpace(
  config: SearchConfig,
  latency: LatencyModel | undefined,
  { signal, progress }: TaskControl,
): Promise<DryRunReport['space']> {
  const space = spaceOf(config);
  const settings = trialSettings(config);
  const samples: number[] = [];
  let feasible = 0;
  while (samples.length < sampleCount) {
    const arch = space.sample(settings, rngFor(config.seed, 'dry-run', samples.length));
    const { macs } = costOf(config, arch);
    samples.push(macs);
    if (isFeasible(config, macs) && isFastEnough(config, arch, latency)) feasible++;
    if (samples.length % 20 === 0) {
      progress(samples.length, sampleCount, 'sampling the space');
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
    }
  }
  return {
    log10Size: log10SpaceSize(space, config.space),
    choices: space.choices(config.space).length,
    largestMacs: costOf(config, supernetOf(config)).macs,
    feasible: feasible / sampleCount,
    samples: sampleCount,
    histogram: histogramOf(samples),
    ...(feasible > 0 ? {} : { tip: looserLimit(config, samples) }),
  };
}

function isFeasible({ strategy }: SearchConfig, macs: number): boolean {
  return !('minMacs' in strategy) || (macs >= strategy.minMacs && macs <= strategy.maxMacs);
}

/** One that the profile cannot predict is not proposed either. */
function isFastEnough(config: SearchConfig, arch: Architecture, latency: LatencyModel | undefined): boolean {
  const { strategy } = config;
  if (latency === undefined || !('maxLatencyMs' in strategy)) return true;
  const predicted = predictLatency(latencyGraph(config, arch), latency);
  return 'ms' in predicted && predicted.ms <= strategy.maxLatencyMs;
}

/** The limit that the nearest sample asks for. */
function looserLimit(config: SearchConfig, samples: readonly number[]): string {
  const { strategy } = config;
  if (!('minMacs' in strategy)) return '';
  if (samples.some((macs) => isFeasible(config, macs))) {
    return `Raise strategy.maxLatencyMs (${strategy.maxLatencyMs} ms), or measure more networks for the profile.`;
  }
  const smallest = Math.min(...samples);
  return smallest > strategy.maxMacs
    ? `Loosen strategy.maxMacs to ${quantity(smallest, 'MACs')}: the smallest of ${sampleCount} samples has as many.`
    : `Lower strategy.minMacs to ${quantity(Math.max(...samples), 'MACs')}: the largest of ${sampleCount} samples has as many.`;
}

function histogramOf(values: readonly number[]): readonly HistogramBin[] {
  const low = Math.min(...values);
  const width = (Math.max(...values) - low) / binCount || 1;
  const counts = new Array<number>(binCount).fill(0);
  for (const value of values) counts[Math.min(binCount - 1, Math.floor((value - low) / width))]! += 1;
  return counts.map((count, bin) => ({ from: low + bin * width, to: low + (bin + 1) * width, count }));
}

/** Best of a few training steps on pictures of nothing; what is in them does not change the time. */
async function measureStep(
  config: SearchConfig,
  plan: SearchPlan,
  { backend, signal }: TaskControl,
): Promise<{ stepMs: number; backend: string; memoryBytes: number }> {
  const parts = blankParts(config, backend, await measureCompileFrom(backend));
  const context = {
    plan,
    index: 0,
    parts,
    recipe: recipeFor(plan, parts, plan.phases[0]!),
    signal: { aborted: false },
    resume: undefined,
    kept: new Map(),
    finished: new Map(),
    failed: new Map(),
  };
  const run = new TrainingRun(context, await newStart(context, supernetOf(config)), {
    offset: 0,
    total: plan.totalSteps,
    stepsPerNetwork: plan.totalSteps,
  });
  try {
    let stepMs = Infinity;
    // The first step also prepares the network.
    for (let i = 0; i <= measuredSteps; i++) {
      signal.throwIfAborted();
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
  const batch = blankBatch(config);
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

function blankBatch(config: SearchConfig): Batch {
  const [height, width] = trainingSize(config);
  const { data } = config;
  const size = data.batchSize;
  const pictures = { size, height, width, images: new Float32Array(size * height * width * 3) };
  if (data.kind === 'segmentation') {
    const labels = new Uint8Array(size * height * width);
    return { kind: 'segmentation', ...pictures, labelHeight: height, labelWidth: width, labels };
  }
  const [heatHeight, heatWidth, joints] = [height / 4, width / 4, systemRules[config.system].classes(config.space)];
  const targets = new Float32Array(size * heatHeight * heatWidth * joints);
  return {
    kind: 'keypoints',
    ...pictures,
    heatHeight,
    heatWidth,
    joints,
    targets,
    targetWeights: new Float32Array(size * joints),
    persons: [],
  };
}

/** Training, and for each trial the recalibration and the ranking split; pictures weigh by their pixels. */
function estimatedSeconds(config: SearchConfig, plan: SearchPlan, stepMs: number, splitSize: number): number {
  const { data, evaluate, train } = config;
  const area = ([height, width]: readonly [number, number]): number => height * width;
  const trained = area(trainingSize(config));
  const pixelMs = stepMs / (data.batchSize * trained * train.accumulate);
  const calibrationPixels = evaluate.calibrationBatches * evaluate.calibrationBatchSize * trained;
  const rankedSamples = data.rankingSamples === 0 ? splitSize : Math.min(data.rankingSamples, splitSize);
  const rankingPixels = rankedSamples * passesOf(data) * area(rankingSize(config));
  return (plan.totalSteps * stepMs + plan.totalTrials * forwardShare * pixelMs * (calibrationPixels + rankingPixels)) / 1000;
}

/** Forward passes for one sample of the ranking split: each person of a picture is cropped, and its mirror image may be looked at as well. */
function passesOf(data: SearchConfig['data']): number {
  return data.kind === 'keypoints' ? personsPerPicture * (data.flipTest ? 2 : 1) : 1;
}
