import { z } from 'zod';

const count = z.int().min(1);
const countOrNone = z.int().min(0);
const fraction = z.number().min(0).max(1);
const decay = z.number().min(0).lt(1);
const positive = z.number().positive();
const notNegative = z.number().min(0);
/** [height, width] in pixels. */
const size = z.tuple([z.int().min(8).max(8192), z.int().min(8).max(8192)]);
/** [height, width] in pixels that a network of heat maps sees: they have a quarter of each side. */
const networkSide = z.int().min(8).max(8192).multipleOf(4, { error: "must be a multiple of 4 (the network's output stride)" });
const networkSize = z.tuple([networkSide, networkSide]);
const settingValue: z.ZodType<JsonValue> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.array(settingValue), z.record(z.string(), settingValue)]),
);
type JsonValue = string | number | boolean | readonly JsonValue[] | { readonly [key: string]: JsonValue };

const shrinkSchema = z.strictObject({
  id: z.literal('shrink'),
  warmupSteps: countOrNone,
  steps: count,
  penalties: z.array(notNegative).min(1).max(64),
  withReference: z.boolean(),
  penaltyMode: z.enum(['paper-code', 'corrected']),
  profileSize: size,
  rampSteps: countOrNone,
  intervalSteps: count,
  threshold: positive,
  minPrunedMacs: notNegative,
});

/** What every strategy has that proposes network after network, each trained for itself. */
const trialFields = {
  trials: count,
  steps: count,
  minMacs: notNegative,
  maxMacs: positive,
  /** Device profile that predicts latencies; empty: no limit by latency. */
  latencyProfile: z.string(),
  maxLatencyMs: positive,
  /** The best of all trials are trained again with the final recipe; 0: none. */
  retrain: z.strictObject({ top: countOrNone, steps: count }),
};

const randomSchema = z.strictObject({ id: z.literal('random'), ...trialFields });

/** Regularised evolution (Real et al., AAAI 2019). */
const evolutionSchema = z.strictObject({ id: z.literal('evolution'), ...trialFields, population: count, tournament: count });

/** Random points, some of them near the best ones (DPC, Chen et al., NeurIPS 2018, sec. 4.2). */
const nearBestSchema = z.strictObject({ id: z.literal('near-best'), ...trialFields, exploitProbability: fraction, top: count });

/** Tree-structured Parzen estimator (Bergstra et al., NeurIPS 2011). */
const tpeSchema = z.strictObject({
  id: z.literal('tpe'),
  ...trialFields,
  startupTrials: count,
  candidates: count,
  gamma: z.number().gt(0).lt(1),
});

const fixedSchema = z.strictObject({
  id: z.literal('fixed'),
  /** An architecture; checked by its space below. */
  arch: z.record(z.string(), z.json()),
  steps: count,
  /** Absolute path of the weights to start from; empty: from the seed. */
  weights: z.string(),
});

const optimizerSchema = z.discriminatedUnion('id', [
  z.strictObject({ id: z.literal('sgd'), momentum: decay, nesterov: z.boolean() }),
  z.strictObject({ id: z.literal('rmsprop'), alpha: decay, momentum: decay, epsilon: positive, rateOn: z.enum(['velocity', 'gradient']) }),
  z.strictObject({ id: z.literal('adam'), beta1: decay, beta2: decay, epsilon: positive }),
  z.strictObject({ id: z.literal('adamw'), beta1: decay, beta2: decay, epsilon: positive, decoupledWeightDecay: notNegative }),
]);

const scheduleSchema = z.discriminatedUnion('id', [
  z.strictObject({ id: z.literal('constant') }),
  z.strictObject({ id: z.literal('step'), milestones: z.array(fraction).min(1), factor: positive }),
  z.strictObject({ id: z.literal('exponential'), everySteps: count, factor: positive, staircase: z.boolean() }),
  z.strictObject({ id: z.literal('cosine'), finalFactor: fraction }),
  z.strictObject({ id: z.literal('poly'), power: positive, floor: notNegative }),
  z.strictObject({
    id: z.literal('one-cycle'),
    upShare: z.number().gt(0).lt(1),
    startDivisor: positive,
    finalDivisor: positive,
    beta1: z.tuple([decay, decay]),
  }),
]);

/** In which numbers a network computes; more in engine/backend/tensorflow/mixed-precision.ts. */
const precisionSchema = z.discriminatedUnion('id', [
  z.strictObject({ id: z.literal('float32') }),
  z.strictObject({ id: z.literal('bfloat16') }),
  z.strictObject({ id: z.literal('float16'), lossScale: positive.max(2 ** 24).refine(isPowerOfTwo, { error: 'must be a power of two' }) }),
]);

const loading = {
  dataset: z.string(),
  trainSplit: z.string().min(1),
  rankingSplit: z.string().min(1),
  rankingSamples: countOrNone,
  batchSize: count,
  evaluationBatchSize: count,
  workers: countOrNone,
  readAhead: count,
  cacheBytes: notNegative,
};

const segmentationDataSchema = z.strictObject({
  kind: z.literal('segmentation'),
  ...loading,
  baseSize: size,
  crop: size,
  scale: z.tuple([positive, positive]),
  scaleStep: notNegative,
  flipProbability: fraction,
  /** Crops with more of one class are drawn again; 1: never. */
  maxClassShare: z.number().gt(0).max(1),
  photometric: z.boolean(),
  normalization: z.enum(['imagenet', 'plus-minus-one']),
  evaluationSize: size,
  loss: z.strictObject({ alignCorners: z.boolean(), mean: z.enum(['all', 'labelled']) }),
});

const keypointsDataSchema = z.strictObject({
  kind: z.literal('keypoints'),
  ...loading,
  /** [height, width] px of a person's crop. */
  inputSize: networkSize,
  /** Of the Gaussians, px of the heat maps. */
  sigma: positive,
  /** flip -> half body -> scale and rotation (mmpose), or half body -> scale and rotation -> flip (HRNet). */
  order: z.enum(['flip-first', 'flip-last']),
  flipProbability: fraction,
  halfBody: z.strictObject({ probability: fraction, minJoints: count }),
  scaleFactor: fraction,
  rotationDegrees: notNegative,
  rotationProbability: fraction,
  /** Of the box's centre, drawn once for each person. */
  centreJitter: z.strictObject({ probability: fraction, share: fraction }),
  lossFactor: z.union([z.literal(0.5), z.literal(1)]),
  /** Boxes that are ranked on: empty = the labelled ones, else the path of a detection result file. */
  detections: z.string(),
  flipTest: z.boolean(),
  visibleThreshold: fraction,
  nmsThreshold: fraction,
});

const proxySchema = z.discriminatedUnion('id', [
  /** Networks are trained as they are. */
  z.strictObject({ id: z.literal('none') }),
  /** DPC: the backbone is frozen, its features are computed once and kept on the disk. */
  z.strictObject({
    id: z.literal('frozen-backbone'),
    /** Absolute path of the backbone's weights; empty: it is trained first. */
    weights: z.string(),
    /** Of the training that makes the backbone. */
    steps: count,
    learningRate: positive,
    /** Augmented crops that are kept of each picture. */
    variants: count,
    precision: z.enum(['float32', 'float16']),
    cacheBytes: positive,
  }),
]);

/** What a search is made of; parsed by config.ts. */
export const searchConfigSchema = z.strictObject({
  preset: z.string(),
  system: z.enum(['hr-nas', 'lite-hrnet', 'dpc']),
  seed: z.int().min(0).max(0xffffffff),
  space: z.record(z.string(), settingValue),
  data: z.discriminatedUnion('kind', [segmentationDataSchema, keypointsDataSchema]),
  proxy: proxySchema,
  train: z.strictObject({
    optimizer: optimizerSchema,
    learningRate: positive,
    schedule: scheduleSchema,
    rateWarmupSteps: countOrNone,
    rateWarmupStart: fraction,
    weightDecay: notNegative,
    accumulate: count,
    ema: z.strictObject({ decay: decay, referenceBatch: positive }),
    precision: precisionSchema,
  }),
  evaluate: z.strictObject({ calibrationBatches: countOrNone, calibrationBatchSize: count }),
  strategy: z.discriminatedUnion('id', [shrinkSchema, randomSchema, evolutionSchema, nearBestSchema, tpeSchema, fixedSchema]),
  checkpoint: z.strictObject({ everySteps: count }),
});

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(Math.log2(value));
}
