import { openBackend } from '../../../engine/backend/backend.ts';
import { predictLatency } from '../../../engine/cost/latency-model.ts';
import type { LatencyModel } from '../../../engine/cost/latency-model.ts';
import { quantity } from '../../../engine/export/quantity.ts';
import { rngFor } from '../../../engine/rng.ts';
import { parseSearchConfig } from '../../../engine/search/config.ts';
import type { SearchConfig } from '../../../engine/search/config.ts';
import { costOf, latencyGraph, rankingSize, spaceOf, supernetOf, trainingSize, trialSettings } from '../../../engine/search/network.ts';
import { planSearch } from '../../../engine/search/plan.ts';
import type { PlannedPhase, SearchPlan } from '../../../engine/search/plan.ts';
import type { Architecture } from '../../../engine/spaces/search-space.ts';
import { log10SpaceSize } from '../../../engine/spaces/space-size.ts';
import type { Json } from '../../../db/store.ts';
import type { DryRunReport, HistogramBin } from '../../ipc/planning.ts';
import { measureSteps } from './measure-steps.ts';
import type { TaskControl } from './table.ts';

const sampleCount = 500;
const binCount = 24;
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
  const { cellMs, ...step } = await measureSteps(config, plan, control);
  return {
    space,
    plan: { phases: plan.phases.map(({ name, steps }) => ({ name, steps })), steps: plan.totalSteps, trials: plan.totalTrials },
    ...step,
    seconds: estimatedSeconds(config, plan, step.stepMs, cellMs ?? step.stepMs, rankingSplitSize),
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

/**
 * Training, and for each trial the recalibration and the ranking split; pictures weigh by their pixels. Trials of a proxy task take the time of
 * cells; that features are computed once is not counted.
 */
function estimatedSeconds(config: SearchConfig, plan: SearchPlan, stepMs: number, cellMs: number, splitSize: number): number {
  const { data, evaluate, train } = config;
  const area = ([height, width]: readonly [number, number]): number => height * width;
  const trained = area(trainingSize(config));
  const calibrationPixels = evaluate.calibrationBatches * evaluate.calibrationBatchSize * trained;
  const rankedSamples = data.rankingSamples === 0 ? splitSize : Math.min(data.rankingSamples, splitSize);
  const rankingPixels = rankedSamples * passesOf(data) * area(rankingSize(config));
  const trialSteps = (forwardShare * (calibrationPixels + rankingPixels)) / (data.batchSize * trained * train.accumulate);
  const isTrial = (kind: PlannedPhase['kind']): boolean => kind === 'fixed' || kind === 'retrain';
  const ofPhases = plan.phases.map(({ kind, steps }) => {
    const ms = kind === 'fixed' ? cellMs : stepMs;
    return ms * (steps + (isTrial(kind) ? trialSteps : 0));
  });
  const others = plan.totalTrials - plan.phases.filter(({ kind }) => isTrial(kind)).length;
  return (ofPhases.reduce((sum, ms) => sum + ms, 0) + others * trialSteps * stepMs) / 1000;
}

/** Forward passes for one sample of the ranking split: each person of a picture is cropped, and its mirror image may be looked at as well. */
function passesOf(data: SearchConfig['data']): number {
  return data.kind === 'keypoints' ? personsPerPicture * (data.flipTest ? 2 : 1) : 1;
}
