import { z } from 'zod';
import { word } from './basics.ts';

export const dynamicsSchemas = {
  dynamics: z.tuple([word]),
  rankAgreement: z.tuple([z.array(word).max(100)]),
};
