import { z } from 'zod';
import { architectureRef } from './architecture.ts';
import { path, text, wholeNumber, word } from './basics.ts';

const size = z.tuple([wholeNumber.min(1).max(65_536), wholeNumber.min(1).max(65_536)]);

export const exportSchemas = {
  exportNetwork: z.tuple([
    architectureRef,
    z.strictObject({
      format: z.enum(['onnx', 'tfjs', 'safetensors']),
      weights: path.optional(),
      input: size.optional(),
      target: path.optional(),
    }),
  ]),
  paperPack: z.tuple([z.array(word).min(1).max(20), z.strictObject({ target: path.optional(), title: text.optional() }).optional()]),
};
