/** The golden files of published networks (tests/fixtures/reference/README.md), as far as every system shares their form. */
import { z } from 'zod';
import { EngineError } from '../error.ts';

const count = z.number().int().min(0);
const finite = z.number();
const shape = z.array(z.number().int().min(1)).readonly();
const images = z.tuple([count.min(1), count.min(1), count.min(1), count.min(1)]).readonly();

/** Mean, population standard deviation, extremes of one tensor in the official layout. */
const tensorFigures = z.object({ shape, mean: finite, std: finite.min(0), min: finite, max: finite });

const outputFigures = tensorFigures
  .extend({
    /** Flat positions in the official layout, and the values there. */
    indices: z.array(count).min(1).readonly(),
    values: z.array(finite).readonly(),
  })
  .refine(({ indices, values }) => indices.length === values.length, 'must have as many values as indices')
  .refine((output) => Math.max(...output.indices) < output.shape.reduce((a, b) => a * b, 1), 'must have indices within the shape');

const evalFigures = z.object({
  inputShape: images,
  macs: count,
  outputs: z.array(outputFigures).min(1).readonly(),
  float32MaxDiffOverStd: finite.min(0),
  intermediate: z
    .array(z.tuple([z.string(), z.array(tensorFigures).readonly()]).readonly())
    .readonly()
    .optional(),
});

const weightFigures = z.object({ name: z.string(), mean: finite, std: finite.positive() });

const comparedSteps = 3;

const trainFigures = z.object({
  inputShape: images,
  loss: z.string(),
  optimizer: z.object({ type: z.literal('SGD'), lr: finite.positive(), momentum: finite.min(0), weightDecay: finite.min(0) }),
  losses: z.array(finite).min(comparedSteps).readonly(),
  gradientsStep1: z
    .array(weightFigures.extend({ first: finite, float32StdRelDiff: finite.min(0).optional() }))
    .readonly()
    .optional(),
  afterStep3: z.array(weightFigures).readonly().optional(),
  float32: z.object({ lossDiffs: z.array(finite.min(0)).min(comparedSteps).readonly(), maxStateMeanDiff: finite.min(0) }),
});

const goldenFile = z.object({
  system: z.string(),
  net: z.string(),
  config: z.record(z.string(), z.unknown()).optional(),
  architecture: z.record(z.string(), z.unknown()).optional(),
  networkDef: z.array(z.unknown()).readonly().optional(),
  /** The network that owns the weights where `networkDef` is a sub-network. */
  superNetworkDef: z.array(z.unknown()).readonly().optional(),
  parameters: z.array(z.tuple([z.string(), z.array(count).readonly(), z.string()]).readonly()).readonly(),
  paramCount: count,
  /** Of the sub-network alone. */
  subnetParamCount: count.optional(),
  bufferCount: count.optional(),
  norms: z
    .array(z.object({ type: z.string(), eps: finite, momentum: finite.nullable(), layers: count }))
    .readonly()
    .optional(),
  macsAtOtherSizes: z
    .array(z.object({ inputShape: images, macs: count }))
    .readonly()
    .optional(),
  runningVarScale: finite.positive().optional(),
  eval: z.array(evalFigures).min(1).readonly(),
  train: trainFigures.optional(),
  trainSmallStep: trainFigures.optional(),
});

export type TensorFigures = Readonly<z.infer<typeof tensorFigures>>;
export type OutputFigures = Readonly<z.infer<typeof outputFigures>>;
export type EvalFigures = Readonly<z.infer<typeof evalFigures>>;
export type WeightFigures = Readonly<z.infer<typeof weightFigures>>;
export type TrainFigures = Readonly<z.infer<typeof trainFigures>>;
export type GoldenFile = Readonly<z.infer<typeof goldenFile>>;

/** The system that a file names. Throws EngineError 'bad-golden-file'. */
export function systemOf(value: unknown, file: string): string {
  return parsed(z.object({ system: z.string() }), value, file).system;
}

/** The whole content, checked field by field. Throws EngineError 'bad-golden-file' that names the fields. */
export function parseGoldenFile(value: unknown, file: string): GoldenFile {
  return parsed(goldenFile, value, file);
}

function parsed<T>(schema: z.ZodType<T>, value: unknown, file: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.map(String).join('.') || 'the whole'}: ${issue.message}`);
  const more = problems.length > 5 ? `; and ${problems.length - 5} more` : '';
  throw new EngineError('bad-golden-file', `${file}: no golden file of a network: ${problems.slice(0, 5).join('; ')}${more}.`, {
    tip: 'Golden files are the JSON files of the folders lite-hrnet, hr-nas, dpc, vit-resnas and spvnas of the reference data.',
  });
}
