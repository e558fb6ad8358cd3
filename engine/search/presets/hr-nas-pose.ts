/**
 * HR-NAS on COCO key points. Figures of `paper`: spec sections 1.1 (networks), 5.1 and 5.2 (COCO column, 8 devices), 4.4 and 4.5 (shrinking), 6.3
 * (data); what is not said here is as for Cityscapes.
 */
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
    // 1e-6 is the published one; the others make a front
    penalties: [0.5e-6, 1e-6, 2e-6],
    // 25 epochs
    rampSteps: 9775,
    // 30 epochs
    intervalSteps: 11730,
  },
} as const;

/** One GPU: smaller batches, a fifth of the steps; ranking on pictures held out of training. */
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
    // as much pull in all as the published one: rate x penalty x steps (not measured)
    penalties: [3.5e-6, 7e-6, 1.4e-5],
  },
} as const;

/** Minutes on two processor cores: a small supernet on drawn figures. */
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
    expandRatio: 1.5,
    kernelSizes: [3, 5],
    lastChannels: 24,
    tokens: 4,
  },
  // small batches, small changes, as in Lite-HRNet's demo
  data: {
    ...data,
    trainSplit: 'search-train',
    rankingSplit: 'search-val',
    inputSize: [96, 64],
    sigma: 1,
    batchSize: 8,
    evaluationBatchSize: 32,
    halfBody: { probability: 0, minJoints: 8 },
    scaleFactor: 0.15,
    rotationDegrees: 10,
    workers: 1,
    readAhead: 8,
  },
  train: { ...paper.train, learningRate: 8e-3, accumulate: 1, ema: { decay: 0.95, referenceBatch: 8 } },
  evaluate: { calibrationBatches: 4, calibrationBatchSize: 16 },
  strategy: {
    ...strategyDefaults.shrink,
    // as many steps of every network as its joints need to be told apart (measured: AP 0.01 after 300, 0.13 after 500); no time is left for a
    // reference
    warmupSteps: 120,
    steps: 440,
    withReference: false,
    rampSteps: 10,
    intervalSteps: 220,
    // 57, 31 and 17 % of the MACs are left (measured with 380 steps)
    penalties: [5e-7, 2e-6, 8e-6],
    threshold: 0.02,
    penaltyMode: 'corrected',
    profileSize: [96, 64],
    minPrunedMacs: 1e4,
  },
  checkpoint: { everySteps: 100 },
} as const;
