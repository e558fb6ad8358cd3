/** DPC on Cityscapes. Figures of `paper`: spec sections 6 (proxy task), 7 (search), 8 (final training). */
import { dataDefaults, optimizerDefaults, precisionDefaults, proxyDefaults, scheduleDefaults, strategyDefaults } from './defaults.ts';

/** DeepLab's augmentation and loss (spec 8). Differs: the best are trained again with the proxy task's 8 crops a step; the paper's final training has 16. */
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
  // MobileNet-v2, output stride 16, crops of 769x769, five branches of 256 channels
  space: {},
  data,
  // the paper's backbone was trained on ImageNet and COCO; without a file of weights it is trained here as the final networks are
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
  // 30,000 steps bring the running statistics of the norms (0.9997 of them stay at each) to those of the weights
  evaluate: { calibrationBatches: 0, calibrationBatchSize: 8 },
  // 28,000 cells, all drawn uniformly: what share of them was drawn near the best ones is not published (spec 7)
  strategy: { ...strategyDefaults['near-best'], trials: 28000, steps: 30000, exploitProbability: 0, retrain: { top: 50, steps: 90000 } },
  checkpoint: { everySteps: 1000 },
} as const;

/** One GPU: half of each side, a tenth of the steps, and norms recalibrated, which 3,000 steps do not bring to the weights. */
export const desktop = {
  ...paper,
  preset: 'dpc-desktop',
  space: { crop: [385, 385] },
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
  evaluate: { calibrationBatches: 20, calibrationBatchSize: 16 },
  strategy: {
    ...strategyDefaults['near-best'],
    trials: 60,
    steps: 3000,
    exploitProbability: 0.3,
    retrain: { top: 5, steps: 20000 },
  },
} as const;

/** Minutes on two processor cores: narrow networks at output stride 8 on synthetic streets, maps of 9x9 in training. */
export const demo = {
  ...desktop,
  preset: 'dpc-demo',
  space: { width: 0.25, filters: 64, outputStride: 8, crop: [65, 65] },
  data: {
    ...desktop.data,
    baseSize: [64, 128],
    crop: [65, 65],
    scale: [0.75, 1.5],
    evaluationSize: [65, 129],
    evaluationBatchSize: 4,
    rankingSamples: 0,
    workers: 1,
    readAhead: 8,
  },
  // with hundreds of steps a tenfold rate learns more (measured: 14 % mIoU of a cell against 8 %)
  proxy: { ...proxyDefaults['frozen-backbone'], steps: 500, learningRate: 0.1, cacheBytes: 2e8 },
  train: { ...desktop.train, learningRate: 0.1 },
  evaluate: { calibrationBatches: 8, calibrationBatchSize: 16 },
  strategy: { ...strategyDefaults['near-best'], trials: 16, steps: 100, exploitProbability: 0.3, top: 4, retrain: { top: 5, steps: 120 } },
  checkpoint: { everySteps: 100 },
} as const;
