import { z } from 'zod';
import { json, word } from './basics.ts';
import { experimentSchemas } from './experiments.ts';

export const planningSchemas = {
  catalog: z.tuple([]),
  draftConfig: z.tuple([
    z.strictObject({
      preset: word.optional(),
      config: json.optional(),
      set: z
        .array(z.tuple([word, json]))
        .max(200)
        .optional(),
    }),
  ]),
  dryRun: experimentSchemas.startSearch,
};
