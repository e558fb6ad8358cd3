import { z } from 'zod';
import { path, word } from './basics.ts';

export const datasetSchemas = {
  addDataset: z.tuple([z.strictObject({ root: path, name: word.optional(), anyway: z.boolean().optional() })]),
  datasets: z.tuple([]),
  dataset: z.tuple([word]),
  removeDataset: z.tuple([word]),
  relocateDataset: z.tuple([word, path]),
};
