import { z } from 'zod';
import { path, wholeNumber, word } from './basics.ts';

const level = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3), z.literal(4)]).optional();
const classId = z.number().int().min(0).max(255);
const limit = z.number().int().min(1).max(200).optional();

export const datasetBrowsingSchemas = {
  recogniseDataset: z.tuple([path]),
  checkDataset: z.tuple([z.union([z.strictObject({ root: path, level }), z.strictObject({ name: word, level })])]),
  datasetOverviews: z.tuple([]),
  datasetDetail: z.tuple([word]),
  exportFindings: z.tuple([z.strictObject({ dataset: word, file: path.optional() })]),
  archivedDatasets: z.tuple([]),
  archiveDataset: z.tuple([word, z.boolean()]),
  classHistogram: z.tuple([z.strictObject({ dataset: word, split: word })]),
  jointStatistics: z.tuple([z.strictObject({ dataset: word, split: word })]),
  samples: z.tuple([
    z.strictObject({
      dataset: word,
      split: word,
      classId: classId.optional(),
      filter: z.string().max(400).optional(),
      sort: z.enum(['index', 'worst', 'best']).optional(),
      evaluation: word.optional(),
      offset: wholeNumber.optional(),
      limit,
    }),
  ]),
  sample: z.tuple([
    z.strictObject({ dataset: word, split: word, index: wholeNumber, evaluations: z.array(word).max(100).optional() }),
  ]),
};
