import { z } from 'zod';
import { path, text, wholeNumber, word } from './basics.ts';

const finite = z.number();
const column = z.enum([
  'number',
  'macs',
  'params',
  'activationBytes',
  'latencyMs',
  'metric',
  'steps',
  'seed',
  'series',
  'operator',
  'state',
]);
const limits = z.strictObject({
  maxMacs: finite.optional(),
  maxParams: finite.optional(),
  maxActivationBytes: finite.optional(),
  maxLatencyMs: finite.optional(),
});
const selection = {
  ids: z.array(word).min(1).max(100),
  x: z.enum(['macs', 'params', 'activationBytes', 'latency']).optional(),
  metric: word.optional(),
  split: word.optional(),
  kind: z.enum(['proxy', 'retrained']).optional(),
  aggregate: z.enum(['best', 'last', 'mean']).optional(),
  limits: limits.optional(),
};
const front = { ...selection, logX: z.boolean().optional(), published: z.boolean().optional() };
const number = wholeNumber.max(1e9);

export const tradeoffSchemas = {
  frontView: z.tuple([z.strictObject(front)]),
  trialRows: z.tuple([
    z.strictObject({
      ...selection,
      sort: z.strictObject({ by: column, descending: z.boolean().optional() }).optional(),
      show: z.enum(['all', 'front', 'starred', 'shortlisted', 'excluded', 'failed']).optional(),
      text: z.string().max(200).optional(),
      ranges: z
        .array(z.strictObject({ column, from: finite, to: finite }))
        .max(50)
        .optional(),
      only: z
        .array(z.tuple([word, number]))
        .max(5_000)
        .optional(),
      logX: z.boolean().optional(),
      offset: wholeNumber,
      limit: wholeNumber.max(1_000),
    }),
  ]),
  choiceColumns: z.tuple([
    z.strictObject({
      ...selection,
      top: wholeNumber.max(64).optional(),
      choices: z.array(word).max(64).optional(),
      limit: wholeNumber.max(20_000).optional(),
    }),
  ]),
  bestUnder: z.tuple([z.strictObject(selection)]),
  trialAnnotations: z.tuple([word]),
  annotateTrials: z.tuple([
    word,
    z.array(number).min(1).max(5_000),
    z.strictObject({
      isStarred: z.boolean().optional(),
      isShortlisted: z.boolean().optional(),
      tags: z.array(word).max(100).optional(),
      note: text.optional(),
      exclusion: text.nullable().optional(),
    }),
  ]),
  editReference: z.tuple([word, z.strictObject({ macs: finite, metric: finite }), text]),
  exportFront: z.tuple([
    z.strictObject({
      ...front,
      format: z.enum(['csv', 'svg', 'latex', 'json']),
      title: z.string().max(400).optional(),
      target: path.optional(),
      staircases: z.array(word).max(100).optional(),
    }),
  ]),
};
