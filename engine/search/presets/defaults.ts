const trialDefaults = {
  trials: 12,
  steps: 39990,
  minMacs: 0,
  maxMacs: 1e12,
  latencyProfile: '',
  maxLatencyMs: 1e6,
  retrain: { top: 0, steps: 39990 },
} as const;

/** What a strategy of another kind than the preset's starts from. */
export const strategyDefaults = {
  shrink: {
    id: 'shrink',
    // 0: every continuation is a run of the paper from the initial weights
    warmupSteps: 0,
    // 430 epochs of 93 steps
    steps: 39990,
    // 1.4e-4 is the published one; the others make a front
    penalties: [0.7e-4, 1.4e-4, 2.8e-4],
    withReference: true,
    penaltyMode: 'paper-code',
    // for every task and crop (spec 4.3)
    profileSize: [224, 224],
    // 25 epochs
    rampSteps: 2325,
    // 10 epochs
    intervalSteps: 930,
    threshold: 1e-3,
    minPrunedMacs: 1e6,
  },
  random: { id: 'random', ...trialDefaults },
  // they begin with random networks, and need some more to say what they are worth
  evolution: { id: 'evolution', ...trialDefaults, trials: 60, population: 20, tournament: 5 },
  // the shares are not published (DPC spec 7)
  'near-best': { id: 'near-best', ...trialDefaults, trials: 60, exploitProbability: 0.1, top: 10 },
  tpe: { id: 'tpe', ...trialDefaults, trials: 60, startupTrials: 20, candidates: 24, gamma: 0.25 },
  fixed: { id: 'fixed', arch: {}, steps: 39990, weights: '' },
} as const;

export const optimizerDefaults = {
  sgd: { id: 'sgd', momentum: 0.9, nesterov: false },
  rmsprop: { id: 'rmsprop', alpha: 0.9, momentum: 0.9, epsilon: 1e-3, rateOn: 'velocity' },
  adam: { id: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  adamw: { id: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-3, decoupledWeightDecay: 0 },
} as const;

export const scheduleDefaults = {
  constant: { id: 'constant' },
  step: { id: 'step', milestones: [0.8, 0.95], factor: 0.1 },
  exponential: { id: 'exponential', everySteps: 240, factor: 0.97, staircase: true },
  cosine: { id: 'cosine', finalFactor: 0 },
  poly: { id: 'poly', power: 0.9, floor: 1e-4 },
  'one-cycle': { id: 'one-cycle', upShare: 0.3, startDivisor: 25, finalDivisor: 1e4, beta1: [0.85, 0.95] },
} as const;

export const precisionDefaults = {
  float32: { id: 'float32' },
  bfloat16: { id: 'bfloat16' },
  float16: { id: 'float16', lossScale: 1024 },
} as const;

export const proxyDefaults = {
  none: { id: 'none' },
  'frozen-backbone': {
    id: 'frozen-backbone',
    weights: '',
    steps: 90000,
    learningRate: 0.01,
    variants: 1,
    precision: 'float16',
    cacheBytes: 32e9,
  },
} as const;

const loading = {
  dataset: '',
  trainSplit: 'train',
  rankingSplit: 'val',
  rankingSamples: 0,
  workers: 2,
  readAhead: 4,
  cacheBytes: 268435456,
} as const;

export const dataDefaults = {
  // HR-NAS on Cityscapes (spec 5.1, 6.2); the paper's batch is 4 on each of 8 devices: see train.accumulate
  segmentation: {
    kind: 'segmentation',
    ...loading,
    batchSize: 4,
    baseSize: [1024, 2048],
    crop: [512, 1024],
    scale: [0.5, 2],
    scaleStep: 0,
    flipProbability: 0.5,
    maxClassShare: 0.75,
    photometric: true,
    normalization: 'imagenet',
    evaluationSize: [1024, 2048],
    evaluationBatchSize: 1,
    loss: { alignCorners: false, mean: 'all' },
  },
  // Lite-HRNet on COCO (spec 6)
  keypoints: {
    kind: 'keypoints',
    ...loading,
    batchSize: 64,
    evaluationBatchSize: 32,
    inputSize: [256, 192],
    sigma: 2,
    order: 'flip-first',
    flipProbability: 0.5,
    halfBody: { probability: 0.3, minJoints: 8 },
    scaleFactor: 0.25,
    rotationDegrees: 30,
    rotationProbability: 0.6,
    centreJitter: { probability: 0.3, share: 0.2 },
    lossFactor: 1,
    detections: '',
    flipTest: true,
    visibleThreshold: 0.2,
    nmsThreshold: 0.9,
  },
} as const;
