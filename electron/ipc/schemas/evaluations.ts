import { z } from 'zod';
import { path, text, wholeNumber, word } from './basics.ts';

const classId = z.number().int().min(0).max(255);
const json = z.record(z.string(), z.unknown());
/** Checked against its space by whoever builds it. */
const architecture = z.strictObject({ space: word, version: z.number().int(), settings: json, choices: json });
const weights = z.union([
  z.strictObject({ kind: z.literal('file'), path }),
  z.strictObject({ kind: z.literal('trial'), experiment: word, number: wholeNumber }),
  z.strictObject({ kind: z.literal('fill') }),
]);
const subject = z.union([
  z.strictObject({ kind: z.literal('trial'), experiment: word, number: wholeNumber, weights: weights.optional() }),
  z.strictObject({ kind: z.literal('published'), name: word, weights }),
  z.strictObject({ kind: z.literal('architecture'), label: text, arch: architecture, weights }),
]);
const side = z.number().int().min(1).max(16_384);
const fraction = z.number().min(0).max(1).nullable();
const keypoints = z.strictObject({
  boxes: path,
  persons: wholeNumber,
  names: z.array(word).max(64),
  labelled: z.array(wholeNumber).max(64),
  similarity: z.array(fraction).max(64),
  found: z.array(fraction).max(64),
});
const result = z.strictObject({
  label: text,
  arch: architecture,
  metrics: z
    .array(z.strictObject({ name: word, value: fraction, split: word, kind: z.enum(['proxy', 'retrained', 'measured', 'untrained']) }))
    .max(20),
  keypoints: keypoints.optional(),
  pixelAccuracy: fraction,
  classIou: z.array(fraction).max(256),
  count: wholeNumber,
  input: z.array(wholeNumber).length(3),
  macs: z.number().nonnegative(),
  backend: word,
  seconds: z.number().nonnegative(),
  classes: z.array(z.strictObject({ id: classId, name: word, color: z.array(z.number()).length(3) })).max(256),
  confusion: z.array(z.number().nonnegative()).max(65_536),
});

export const evaluationSchemas = {
  evaluate: z.tuple([
    z.strictObject({
      subject,
      dataset: word,
      split: word.optional(),
      fit: z.tuple([side, side]).optional(),
      boxes: path.optional(),
      backend: word.optional(),
      threads: wholeNumber.optional(),
      keep: z.boolean().optional(),
    }),
  ]),
  evaluations: z.tuple([z.strictObject({ dataset: word.optional(), experiment: word.optional() }).optional()]),
  evaluation: z.tuple([word]),
  confusionSamples: z.tuple([
    z.strictObject({
      evaluation: word,
      truth: classId,
      predicted: classId,
      offset: wholeNumber.optional(),
      limit: z.number().int().min(1).max(200).optional(),
    }),
  ]),
  keepEvaluation: z.tuple([
    z.strictObject({ id: z.string().regex(/^ev-[0-9a-f]{4,32}$/), dataset: word, fingerprint: word, split: word, subject, result }),
  ]),
  removeEvaluation: z.tuple([word]),
};
