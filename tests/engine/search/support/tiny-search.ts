import { createHash } from 'node:crypto';
import { openBackend } from '../../../../engine/backend/backend.ts';
import type { LatencyModel } from '../../../../engine/cost/latency-model.ts';
import { parseSearchConfig, type SearchConfig } from '../../../../engine/search/config.ts';
import type { SearchEvent, TrialResult } from '../../../../engine/search/events.ts';
import { trainingSize } from '../../../../engine/search/network.ts';
import {
  noProgress,
  type FailedTrial,
  type FrozenParts,
  type ResumePoint,
  type SearchParts,
  type SearchProgress,
  type StopSignal,
} from '../../../../engine/search/parts.ts';
import { planSearch } from '../../../../engine/search/plan.ts';
import { runSearch } from '../../../../engine/search/run-search.ts';
import { rngFor } from '../../../../engine/rng.ts';
import type { Batch, SegmentationBatch } from '../../../../engine/tasks/task.ts';
import { tinyPersons, tinyTruth } from './tiny-persons.ts';
import { tinySupernet } from '../../../tiny-supernet.ts';

/** The supernet for three classes. */
export const tinySpace = { classes: 3, ...tinySupernet } as const;

/** Thresholds and penalties are high, so that a few steps are enough to shrink. */
const tinyShrink = { warmupSteps: 4, steps: 8, rampSteps: 2, intervalSteps: 3, penalties: [0.3, 3], minPrunedMacs: 1, threshold: 0.9 };

export function tinyConfig(
  over: { readonly strategy?: object; readonly train?: object; readonly checkpoint?: object; readonly seed?: number } = {},
): SearchConfig {
  return parseSearchConfig({
    preset: 'demo',
    seed: over.seed ?? 5,
    space: tinySpace,
    data: { dataset: 'memory', batchSize: 2, baseSize: [16, 24], crop: [16, 24], evaluationSize: [16, 24], evaluationBatchSize: 2 },
    train: { ...over.train },
    evaluate: { calibrationBatches: 2, calibrationBatchSize: 2 },
    strategy: over.strategy !== undefined && 'id' in over.strategy ? over.strategy : { ...tinyShrink, ...over.strategy },
    checkpoint: { everySteps: 2, ...over.checkpoint },
  });
}

/** Cells of two branches on a narrow MobileNet-v2: the backbone is trained, then three cells on its features, and the best two as whole networks. */
export function tinyProxyConfig(over: { readonly proxy?: object; readonly strategy?: object; readonly space?: object } = {}): SearchConfig {
  const retrain = { top: 2, steps: 2 };
  return parseSearchConfig({
    preset: 'dpc-demo',
    seed: 5,
    space: { width: 0.1, filters: 8, branches: 2, classes: 3, crop: [33, 33], ...over.space },
    data: { dataset: 'memory', batchSize: 2, baseSize: [32, 32], crop: [33, 33], evaluationSize: [33, 33], evaluationBatchSize: 2 },
    evaluate: { calibrationBatches: 2, calibrationBatchSize: 2 },
    proxy: { id: 'frozen-backbone', steps: 3, ...over.proxy },
    strategy: { id: 'random', trials: 3, steps: 4, retrain, ...over.strategy },
    checkpoint: { everySteps: 2 },
  });
}

/** Coloured rectangles on a ground; the class follows from the colour. The same number gives the same batch. */
export function rectangles(config: SearchConfig, purpose: string, index: number): SegmentationBatch {
  const [height, width] = trainingSize(config);
  const size = config.data.batchSize;
  const rng = rngFor(config.seed, purpose, index);
  const images = new Float32Array(size * height * width * 3);
  const labels = new Uint8Array(size * height * width);
  for (let n = 0; n < size; n++) {
    const boxes = [1, 2].map((label) => ({ label, top: rng.int(height / 2), left: rng.int(width / 2) }));
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const box = boxes.find(({ top, left }) => y >= top && y < top + height / 2 && x >= left && x < left + width / 2);
        const pixel = (n * height + y) * width + x;
        labels[pixel] = rng.uniform() < 0.02 ? 255 : (box?.label ?? 0);
        for (let c = 0; c < 3; c++) images[3 * pixel + c] = (c === (box?.label ?? 0) ? 1 : -1) + 0.5 * rng.normal();
      }
    }
  }
  return { kind: 'segmentation', size, height, width, images, labelHeight: height, labelWidth: width, labels };
}

export interface TinyRun {
  readonly events: SearchEvent[];
  readonly trials: TrialResult[];
  /** By file name. */
  readonly files: Map<string, Uint8Array>;
  /** Kept features by key. */
  readonly features: Map<string, Uint8Array>;
  /** Batches of pictures that a frozen backbone was shown. */
  readonly shown: string[];
  /** What a store would give back on resume. */
  readonly progress: SearchProgress;
}

export interface RunOptions {
  readonly progress?: SearchProgress;
  readonly initialWeights?: Uint8Array;
  /** Files of the run that is resumed. */
  readonly files?: ReadonlyMap<string, Uint8Array>;
  /** Aborts the signal when it says so. */
  readonly stopWhen?: (event: SearchEvent) => boolean;
  /** Ends the run after this event without a word, as `kill -9` does. */
  readonly killWhen?: (event: SearchEvent) => boolean;
  /** Kept features of earlier runs, and bytes that they may take. */
  readonly features?: ReadonlyMap<string, Uint8Array>;
  readonly featureBytes?: number;
  /** The file that `proxy.weights` names. */
  readonly backbone?: Uint8Array;
  /** Replaces the training batches. */
  readonly trainBatch?: (index: number) => Batch;
  readonly latency?: LatencyModel;
}

/** Runs a search on wasm with everything in memory. */
export async function runTiny(config: SearchConfig, options: RunOptions = {}): Promise<TinyRun> {
  const backend = await openBackend('wasm');
  const files = new Map(options.files);
  const features = new Map(options.features);
  const shown: string[] = [];
  const signal = { aborted: false };
  const events: SearchEvent[] = [];
  const trials = new Map((options.progress?.finishedTrials ?? []).map((trial) => [trial.number, trial]));
  const started = new Map<number, FailedTrial>();
  const failed = new Map((options.progress?.failedTrials ?? []).map((trial) => [trial.number, trial]));
  const kept: Record<string, ResumePoint> = { ...options.progress?.kept };
  let state = options.progress?.state;
  const search = runSearch(
    planSearch(config),
    {
      ...partsOf(config, backend, files, options),
      ...(config.proxy.id !== 'none' && { frozen: frozenParts(config, features, shown, options) }),
    },
    options.progress ?? noProgress,
    signal satisfies StopSignal,
  );
  for await (const event of search) {
    events.push(event);
    if (event.type === 'trial-started') started.set(event.number, { number: event.number, arch: event.arch, hash: event.hash });
    if (event.type === 'trial-failed') failed.set(event.number, started.get(event.number)!);
    if (event.type === 'trial-finished') trials.set(event.trial.number, event.trial);
    if (event.type === 'state') {
      state = {
        phaseIndex: event.phaseIndex,
        step: event.step,
        state: JSON.parse(JSON.stringify(event.state)) as ResumePoint['state'],
        file: event.checkpoint.file,
      };
      if (event.keep) kept[event.name] = state;
    }
    if (options.stopWhen?.(event)) signal.aborted = true;
    if (options.killWhen?.(event)) break;
  }
  const sorted = [...trials.values()].sort((a, b) => a.number - b.number);
  const progress = { finishedTrials: sorted, failedTrials: [...failed.values()], kept, ...(state && { state }) };
  return { events, trials: sorted, files, features, shown, progress };
}

function partsOf(config: SearchConfig, backend: SearchParts['backend'], files: Map<string, Uint8Array>, options: RunOptions): SearchParts {
  const isPose = config.data.kind === 'keypoints';
  const batch = (purpose: string, index: number): Promise<Batch> =>
    Promise.resolve(isPose ? tinyPersons(config, purpose, index) : rectangles(config, purpose, index));
  const batches = 2;
  return {
    backend,
    latency: options.latency,
    trainBatch: (index) => (options.trainBatch === undefined ? batch('train', index) : Promise.resolve(options.trainBatch(index))),
    calibrationBatch: (index) => batch('calibration', index),
    evaluation: {
      batches,
      batch: (index) => batch('evaluation', index),
      ...(isPose && { truth: tinyTruth(config, 'evaluation', batches) }),
    },
    initialWeights: () =>
      options.initialWeights === undefined ? Promise.reject(new Error('no initial weights')) : Promise.resolve(options.initialWeights),
    saveFile: (name, bytes) => {
      files.set(name, bytes.slice());
      return Promise.resolve({ file: name, bytes: bytes.length, sha256: sha256(bytes) });
    },
    readFile: (file) => {
      const bytes = files.get(file);
      return bytes === undefined ? Promise.reject(new Error(`no file ${file}`)) : Promise.resolve(bytes);
    },
    yieldToEvents: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

/** Training goes over three batches again and again. */
function frozenParts(config: SearchConfig, kept: Map<string, Uint8Array>, shown: string[], options: RunOptions): FrozenParts {
  const numberOf = (split: string, index: number): number => (split === 'evaluation' ? index : index % 3);
  const purposeOf = (split: string): string => (split === 'evaluation' ? split : 'train');
  const bytesOf = (): number => [...kept.values()].reduce((sum, { length }) => sum + length, 0);
  return {
    batch: (split, index) => {
      shown.push(`${split} ${index}`);
      return Promise.resolve(rectangles(config, purposeOf(split), numberOf(split, index)));
    },
    keys: (split, index) => Array.from({ length: config.data.batchSize }, (_, n) => `${purposeOf(split)} ${numberOf(split, index)} ${n}`),
    weights: () => (options.backbone === undefined ? Promise.reject(new Error('no backbone')) : Promise.resolve(options.backbone)),
    store: {
      read: (key) => Promise.resolve(kept.get(key)),
      write: (key, bytes) => {
        const hasRoom = bytesOf() + bytes.length <= (options.featureBytes ?? Infinity);
        if (hasRoom) kept.set(key, bytes.slice());
        return Promise.resolve(hasRoom);
      },
    },
  };
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
