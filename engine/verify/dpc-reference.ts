/** The golden files of DPC, which have a form of their own (tests/fixtures/reference/dpc/README.md). */
import { z } from 'zod';
import { EngineError } from '../error.ts';

const format = 'dpc-reference/1';
const count = z.number().int().min(0);
const size = z.tuple([count.min(1), count.min(1)]).readonly();
const finite = z.number();

const tensorFigures = z
  .object({
    /** [batch, height, width, channels] */
    shape: z.tuple([count.min(1), count.min(1), count.min(1), count.min(1)]).readonly(),
    mean: finite,
    std: finite.min(0),
    min: finite,
    max: finite,
    /** Flat positions, and the values there. */
    at: z.array(count).min(1).readonly(),
    values: z.array(finite).readonly(),
    float32Noise: finite.min(0),
  })
  .refine(({ at, values }) => at.length === values.length, 'must have as many values as positions')
  .refine(({ at, shape }) => Math.max(...at) < shape.reduce((a, b) => a * b, 1), 'must have positions within the shape');

const dpcReference = z.object({
  format: z.literal(format),
  name: z.string(),
  /** 'cell': from features to the projection; else the backbone of a whole network without decoder. */
  network: z.enum(['cell', 'mobilenet_v2', 'xception_41', 'xception_65', 'xception_71']),
  /** The cell in the official notation. */
  architecture: z.unknown(),
  outputStride: z.union([z.literal(8), z.literal(16)]),
  /** px; pooling windows follow from it. */
  cropSize: size,
  rateMultiplier: count,
  filters: count.min(1),
  classes: count.min(1).optional(),
  input: z.object({
    name: z.string(),
    shape: z.tuple([count.min(1), count.min(1), count.min(1), count.min(1)]).readonly(),
    fill: z.enum(['2*u-1', '255*u']),
  }),
  parameters: z.array(z.tuple([z.string(), z.array(count).readonly(), z.string()]).readonly()).readonly(),
  convParams: count,
  paramCount: count,
  runningCount: count,
  macs: count,
  layers: z.array(z.tuple([z.string(), count, count, count]).readonly()).readonly(),
  batchNormEpsilon: z.array(finite).readonly(),
  outputs: z.record(z.string(), tensorFigures),
});

export type DpcTensorFigures = Readonly<z.infer<typeof tensorFigures>>;
export type DpcReference = Readonly<z.infer<typeof dpcReference>>;

export function isDpcReference(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value as Record<string, unknown>)['format'] === format;
}

/** The whole content, checked field by field. Throws EngineError 'bad-golden-file' that names the fields. */
export function parseDpcReference(value: unknown, file: string): DpcReference {
  const result = dpcReference.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.map(String).join('.') || 'the whole'}: ${issue.message}`);
  const more = problems.length > 5 ? `; and ${problems.length - 5} more` : '';
  throw new EngineError('bad-golden-file', `${file}: no reference file of DPC: ${problems.slice(0, 5).join('; ')}${more}.`, {
    tip: 'The fields are described in the README beside the files of the folder dpc of the reference data.',
  });
}
