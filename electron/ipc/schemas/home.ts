import { z } from 'zod';
import { word } from './basics.ts';

export const homeSchemas = {
  doctor: z.tuple([z.strictObject({ repair: z.enum(['restore', 'start-empty']).optional() }).optional()]),
  jobs: z.tuple([]),
  cancelJob: z.tuple([word]),
};
