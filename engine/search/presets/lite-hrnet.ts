/**
 * Lite-HRNet on COCO key points. Figures of `paper`: spec section 6.2 (its repository's configurations, mmpose). Its networks are made by hand: the
 * search over their family is ours, and so are its numbers.
 */
import { dataDefaults, optimizerDefaults, precisionDefaults, proxyDefaults, scheduleDefaults, strategyDefaults } from './defaults.ts';

export const paper = {
  preset: 'lite-hrnet',
  system: 'lite-hrnet',
  seed: 0,
  space: {},
  data: dataDefaults.keypoints,
  proxy: proxyDefaults.none,
  train: {
    optimizer: optimizerDefaults.adam,
    learningRate: 2e-3,
    // epochs 170 and 200 of 210
    schedule: { ...scheduleDefaults.step, milestones: [170 / 210, 200 / 210] },
    rateWarmupSteps: 500,
    rateWarmupStart: 0.001,
    weightDecay: 0,
    // 8 devices with 64 persons each
    accumulate: 8,
    ema: { decay: 0, referenceBatch: 512 },
    precision: precisionDefaults.float32,
  },
  evaluate: { calibrationBatches: 0, calibrationBatchSize: 64 },
  // 210 epochs of 293 steps
  strategy: { ...strategyDefaults.evolution, trials: 50, steps: 61530 },
  checkpoint: { everySteps: 500 },
} as const;

export const desktop = {
  ...paper,
  preset: 'lite-hrnet-desktop',
  data: { ...paper.data, trainSplit: 'search-train', rankingSplit: 'search-val', rankingSamples: 1000 },
  train: { ...paper.train, accumulate: 1 },
  strategy: { ...strategyDefaults.evolution, trials: 40, steps: 3000, population: 12, tournament: 4, maxMacs: 300e6 },
} as const;

/** Minutes on two processor cores: networks of two stages, a single module each, on drawn figures. */
export const demo = {
  ...desktop,
  preset: 'lite-hrnet-demo',
  // deeper networks learn later than within the few hundred steps that each is given (measured)
  space: {
    inputSize: [96, 64],
    branches: [2, 3],
    fuse: [true, true],
    maxModules: 1,
    maxBlocks: 1,
    widths: [
      [60, 40, 20],
      [120, 80, 40],
      [240, 160, 80],
    ],
    ratios: [8, 4],
  },
  data: {
    ...desktop.data,
    inputSize: [96, 64],
    // 2 on 64 x 48 maps is published; these have 24 x 16
    sigma: 1,
    // small batches, small changes: a few hundred steps see each figure twice (measured: 0.03 instead of 0.002 AP after 150 steps)
    batchSize: 8,
    halfBody: { probability: 0, minJoints: 8 },
    scaleFactor: 0.15,
    rotationDegrees: 10,
    centreJitter: { probability: 0, share: 0.2 },
    rankingSamples: 0,
    workers: 1,
    readAhead: 8,
  },
  train: { ...desktop.train, learningRate: 6e-3, rateWarmupSteps: 10 },
  evaluate: { calibrationBatches: 0, calibrationBatchSize: 16 },
  strategy: { ...strategyDefaults.evolution, trials: 8, steps: 420, population: 4, tournament: 2 },
  checkpoint: { everySteps: 100 },
} as const;
