import { z } from 'zod';
import { json, wholeNumber, word } from './basics.ts';

const seed = z
  .number()
  .int()
  .min(0)
  .max(2 ** 31);

export const followUpSchemas = {
  retrain: z.tuple([
    z.strictObject({
      experiment: word,
      trial: wholeNumber,
      seeds: z.union([z.number().int().min(1).max(20), z.array(seed).min(1).max(20)]).optional(),
      steps: z.number().int().min(1).optional(),
      set: z
        .array(z.tuple([word, json]))
        .max(200)
        .optional(),
      backend: word.optional(),
      threads: wholeNumber.optional(),
    }),
  ]),
  retraining: z.tuple([word, wholeNumber]),
  keepTrialResults: z.tuple([
    word,
    wholeNumber,
    z
      .array(
        z.strictObject({
          kind: z.enum(['retrained', 'measured']),
          name: word,
          value: z.number().nullable(),
          split: z.string().max(400),
          seed: seed.optional(),
          details: json.optional(),
        }),
      )
      .max(100),
  ]),
  replay: z.tuple([word]),
};
