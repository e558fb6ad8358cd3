import { z } from 'zod';
import { json, path, text, wholeNumber, word } from './basics.ts';

const run = { name: text.optional(), backend: word.optional(), threads: wholeNumber.optional(), seed: wholeNumber.optional() };

const retrains = z.strictObject({ experiment: word, trial: wholeNumber, seed: wholeNumber, later: z.array(wholeNumber).max(20) });

export const startRequest = z.strictObject({
  config: json,
  dataset: word,
  ...run,
  retrains: retrains.optional(),
  repeats: word.optional(),
});

export const experimentSchemas = {
  startSearch: z.tuple([startRequest]),
  resumeSearch: z.tuple([word, z.strictObject({ fromEarlier: z.boolean().optional(), otherMachine: z.boolean().optional() }).optional()]),
  stopSearch: z.tuple([word, z.strictObject({ now: z.boolean().optional() }).optional()]),
  whenEnded: z.tuple([word]),
  forkSearch: z.tuple([
    z.strictObject({
      id: word,
      set: z.array(z.tuple([word, json])).max(200),
      dataset: word.optional(),
      isCheck: z.boolean().optional(),
      ...run,
    }),
  ]),
  experiments: z.tuple([]),
  experiment: z.tuple([word]),
  trials: z.tuple([word]),
  log: z.tuple([word, z.strictObject({ limit: wholeNumber.optional() }).optional()]),
  scalarNames: z.tuple([word]),
  scalars: z.tuple([word, word, z.strictObject({ maxPoints: wholeNumber.optional() }).optional()]),
  frontInputs: z.tuple([z.array(word).max(100)]),
  annotate: z.tuple([word, z.strictObject({ name: text.optional(), tags: z.array(word).max(100).optional(), note: text.optional() })]),
  removeExperiment: z.tuple([word]),
  exportExperiment: z.tuple([word, path, z.strictObject({ withStates: z.boolean().optional() }).optional()]),
  importExperiment: z.tuple([path]),
  prune: z.tuple([z.strictObject({ apply: z.boolean().optional() }).optional()]),
};
