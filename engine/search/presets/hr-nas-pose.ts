/** HR-NAS on COCO key points. Figures of `paper`: spec sections 1.1, 5 (COCO column, 8 devices). */
import { dataDefaults, optimizerDefaults, proxyDefaults, scheduleDefaults, strategyDefaults } from './defaults.ts';
import * as segmentation from './hr-nas.ts';

/** HRNet's augmentation and loss (Lite-HRNet spec 6.2). */
const data = {
  ...dataDefaults.keypoints,
  batchSize: 48,
  order: 'flip-last',
  scaleFactor: 0.35,
  rotationDegrees: 45,
  centreJitter: { probability: 0, share: 0 },
  lossFactor: 0.5,
} as const;

export const paper = {
  ...segmentation.paper,
  preset: 'hrnas-pose',
  space: { task: 'pose' },
  data,
  proxy: proxyDefaults.none,
  train: {
    ...segmentation.paper.train,
    optimizer: optimizerDefaults.adam,
    learningRate: 1e-3,
    // epochs 170 and 200 of 210
    schedule: { ...scheduleDefaults.step, milestones: [170 / 210, 200 / 210] },
    weightDecay: 1e-8,
  },
  strategy: {
    ...strategyDefaults.shrink,
    // 210 epochs of 391 steps
    steps: 82110,
    penalties: [0.5e-6, 1e-6, 2e-6],
    // 25 epochs
    rampSteps: 9775,
    // 30 epochs
    intervalSteps: 11730,
  },
} as const;

export const desktop = {
  ...paper,
  preset: 'hrnas-pose-desktop',
  data: { ...data, trainSplit: 'search-train', rankingSplit: 'search-val', rankingSamples: 1000, batchSize: 32 },
  train: { ...paper.train, accumulate: 1 },
  strategy: {
    ...paper.strategy,
    warmupSteps: 4000,
    steps: 12000,
    rampSteps: 1500,
    intervalSteps: 1000,
    penalties: [1e-5, 2e-5, 4e-5],
  },
} as const;

export const demo = {
  ...paper,
  preset: 'hrnas-pose-demo',
  space: {
    task: 'pose',
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
    ...data,
    trainSplit: 'search-train',
    rankingSplit: 'search-val',
    inputSize: [64, 48],
    sigma: 1,
    batchSize: 16,
    evaluationBatchSize: 32,
    workers: 1,
    readAhead: 8,
  },
  train: { ...paper.train, accumulate: 1, ema: { decay: 0.95, referenceBatch: 16 } },
  evaluate: { calibrationBatches: 4, calibrationBatchSize: 16 },
  strategy: { ...segmentation.demo.strategy },
  checkpoint: { everySteps: 100 },
} as const;
