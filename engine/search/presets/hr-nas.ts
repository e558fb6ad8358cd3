/** HR-NAS on Cityscapes. Figures of `paper`: spec section 5 (Cityscapes column, 8 devices), section 4. */
import { dataDefaults, optimizerDefaults, precisionDefaults, proxyDefaults, scheduleDefaults, strategyDefaults } from './defaults.ts';

export const paper = {
  preset: 'paper',
  system: 'hr-nas',
  seed: 1995,
  // tokens: really on, unlike in the released code (spec 10.1)
  space: {},
  data: dataDefaults.segmentation,
  proxy: proxyDefaults.none,
  train: {
    optimizer: optimizerDefaults.adamw,
    learningRate: 0.04,
    schedule: scheduleDefaults['one-cycle'],
    rateWarmupSteps: 0,
    rateWarmupStart: 0,
    weightDecay: 1e-5,
    // The 8 devices one after another: batch norms see 4 images each, as published (no SyncBN). Differs: one set of running statistics sees all
    // 8 batches of a step, while each device has its own, which are averaged only when they are recalibrated.
    accumulate: 8,
    ema: { decay: 0.9999, referenceBatch: 4096 },
    precision: precisionDefaults.float32,
  },
  // 10 batches of 16 on each of the 8 devices, whose statistics are then averaged (spec 4.5)
  evaluate: { calibrationBatches: 80, calibrationBatchSize: 16 },
  strategy: strategyDefaults.shrink,
  checkpoint: { everySteps: 500 },
} as const;

/** One GPU: crops of a quarter of the area, smaller batches, a quarter of the steps; ranking on cities held out of training. */
export const desktop = {
  ...paper,
  preset: 'desktop',
  data: {
    ...paper.data,
    trainSplit: 'search-train',
    rankingSplit: 'search-val',
    rankingSamples: 100,
    baseSize: [512, 1024],
    crop: [256, 512],
    evaluationSize: [512, 1024],
  },
  // 16 images a step; batch norms see 4, as in the paper
  train: { ...paper.train, learningRate: 0.02, accumulate: 4 },
  evaluate: { calibrationBatches: 10, calibrationBatchSize: 16 },
  strategy: {
    ...strategyDefaults.shrink,
    warmupSteps: 2000,
    steps: 8000,
    rampSteps: 1000,
    intervalSteps: 500,
    // as much pull in all as the published one: rate x penalty x steps (not measured)
    penalties: [5e-4, 1e-3, 2e-3],
  },
} as const;

/** Minutes on two processor cores: a small supernet on synthetic streets. */
export const demo = {
  ...paper,
  preset: 'demo',
  space: {
    stem: [12, 12],
    stages: [
      [1, [1], [12]],
      [2, [1, 1], [12, 24]],
      [3, [1, 1, 1], [12, 24, 48]],
    ],
    expandRatio: 2,
    lastChannels: 24,
    tokens: 8,
  },
  data: {
    ...paper.data,
    trainSplit: 'search-train',
    rankingSplit: 'search-val',
    // small batches: with hundreds of steps more updates are worth more than smoother ones (measured)
    batchSize: 4,
    baseSize: [64, 128],
    crop: [64, 128],
    scale: [0.75, 1.5],
    evaluationSize: [64, 128],
    evaluationBatchSize: 8,
    workers: 1,
    readAhead: 8,
  },
  // the published average, made for 40,000 steps, would still hold factors that died 50 steps ago
  train: { ...paper.train, accumulate: 1, ema: { decay: 0.95, referenceBatch: 4 } },
  evaluate: { calibrationBatches: 4, calibrationBatchSize: 8 },
  strategy: {
    ...strategyDefaults.shrink,
    warmupSteps: 140,
    steps: 300,
    rampSteps: 20,
    intervalSteps: 75,
    // larger than the published ones by as much as there are fewer steps to act in
    penalties: [0.00035, 0.001, 0.004],
    threshold: 0.02,
    penaltyMode: 'corrected',
    profileSize: [64, 128],
    minPrunedMacs: 1e4,
  },
  checkpoint: { everySteps: 100 },
} as const;
