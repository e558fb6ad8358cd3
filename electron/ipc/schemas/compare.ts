import { z } from 'zod';
import { architectureRef } from './architecture.ts';
import { path } from './basics.ts';

const refs = z.array(architectureRef).max(20);

export const compareSchemas = {
  compare: z.tuple([refs]),
  exportComparison: z.tuple([
    z.strictObject({ refs, format: z.enum(['csv', 'latex']), onlyDifferences: z.boolean().optional(), target: path.optional() }),
  ]),
};
