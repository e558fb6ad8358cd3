import { z } from 'zod';
import { word } from './basics.ts';
import { startRequest } from './experiments.ts';

export const queueSchemas = {
  plans: z.tuple([]),
  savePlan: z.tuple([z.strictObject({ id: word.optional(), kind: z.enum(['draft', 'queued']), request: startRequest })]),
  removePlan: z.tuple([word]),
};
