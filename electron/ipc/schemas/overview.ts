import { z } from 'zod';
import { word } from './basics.ts';

export const overviewSchemas = {
  appInfo: z.tuple([]),
  experimentSummaries: z.tuple([]),
  experimentSummary: z.tuple([word]),
  runView: z.tuple([word]),
  archiveExperiments: z.tuple([z.array(word).max(10_000), z.boolean()]),
  backends: z.tuple([z.strictObject({ anew: z.boolean().optional() }).optional()]),
  startDemo: z.tuple([z.strictObject({ preset: z.enum(['hr-nas']).optional() }).optional()]),
};
