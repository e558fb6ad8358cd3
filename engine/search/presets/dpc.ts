/** DPC on Cityscapes. Figures of `paper`: spec sections 6 (proxy task), 7 (search), 8 (final training). */
import { dataDefaults, optimizerDefaults, precisionDefaults, proxyDefaults, scheduleDefaults, strategyDefaults } from './defaults.ts';

/** DeepLab's augmentation and loss (spec 8). */
const data = {
  ...dataDefaults.segmentation,
  batchSize: 8,
  crop: [769, 769],
  scaleStep: 0.25,
  maxClassShare: 1,
  photometric: false,
  normalization: 'plus-minus-one',
  evaluationSize: [1025, 2049],
  loss: { alignCorners: true, mean: 'labelled' },
} as const;

export const paper = {
  preset: 'dpc',
  system: 'dpc',
  seed: 0,
  space: {},
  data,
  proxy: proxyDefaults['frozen-backbone'],
  train: {
    optimizer: optimizerDefaults.sgd,
    learningRate: 0.01,
    schedule: { ...scheduleDefaults.poly, floor: 0 },
    rateWarmupSteps: 0,
    rateWarmupStart: 0,
    weightDecay: 4e-5,
    accumulate: 1,
    ema: { decay: 0, referenceBatch: 8 },
    precision: precisionDefaults.float32,
  },
  evaluate: { calibrationBatches: 0, calibrationBatchSize: 8 },
  strategy: { ...strategyDefaults['near-best'], trials: 28000, steps: 30000, exploitProbability: 0, retrain: { top: 50, steps: 90000 } },
  checkpoint: { everySteps: 1000 },
} as const;

export const desktop = {
  ...paper,
  preset: 'dpc-desktop',
  data: {
    ...data,
    trainSplit: 'search-train',
    rankingSplit: 'search-val',
    rankingSamples: 100,
    baseSize: [512, 1024],
    crop: [385, 385],
    evaluationSize: [513, 1025],
  },
  proxy: { ...proxyDefaults['frozen-backbone'], steps: 20000 },
  strategy: {
    ...strategyDefaults['near-best'],
    trials: 60,
    steps: 3000,
    exploitProbability: 0.3,
    retrain: { top: 5, steps: 20000 },
  },
} as const;

export const demo = {
  ...desktop,
  preset: 'dpc-demo',
  space: { width: 0.25, filters: 32 },
  data: {
    ...desktop.data,
    baseSize: [64, 128],
    crop: [65, 65],
    evaluationSize: [65, 129],
    evaluationBatchSize: 4,
    rankingSamples: 0,
    workers: 1,
    readAhead: 8,
  },
  proxy: { ...proxyDefaults['frozen-backbone'], steps: 200, cacheBytes: 2e8 },
  strategy: { ...strategyDefaults['near-best'], trials: 16, steps: 60, exploitProbability: 0.3, top: 4, retrain: { top: 3, steps: 100 } },
  checkpoint: { everySteps: 100 },
} as const;
