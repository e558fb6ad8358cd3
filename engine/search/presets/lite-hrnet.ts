/** Lite-HRNet on COCO key points. Figures of `paper`: spec section 6.2 (its repository's configurations, mmpose). */
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

export const demo = {
  ...desktop,
  preset: 'lite-hrnet-demo',
  space: { inputSize: [64, 64], maxModules: 2, maxBlocks: 2 },
  data: {
    ...desktop.data,
    inputSize: [64, 64],
    sigma: 1,
    batchSize: 16,
    rankingSamples: 0,
    workers: 1,
    readAhead: 8,
  },
  train: { ...desktop.train, rateWarmupSteps: 10 },
  evaluate: { calibrationBatches: 0, calibrationBatchSize: 16 },
  strategy: { ...strategyDefaults.evolution, trials: 12, steps: 100, population: 6, tournament: 3 },
  checkpoint: { everySteps: 50 },
} as const;
