import { z } from 'zod';
import { demoNames } from '../demo.ts';
import { word } from './basics.ts';

export const overviewSchemas = {
  appInfo: z.tuple([]),
  experimentSummaries: z.tuple([]),
  experimentSummary: z.tuple([word]),
  runView: z.tuple([word]),
  archiveExperiments: z.tuple([z.array(word).max(10_000), z.boolean()]),
  backends: z.tuple([z.strictObject({ anew: z.boolean().optional() }).optional()]),
  demos: z.tuple([]),
  startDemo: z.tuple([z.strictObject({ name: z.enum(demoNames).optional() }).optional()]),
};
