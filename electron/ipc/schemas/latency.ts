import { z } from 'zod';
import { architectureRef } from './architecture.ts';
import { path, wholeNumber, word } from './basics.ts';

const side = z.number().int().min(8).max(16_384);
const input = z.tuple([side, side]).optional();
const device = { backend: word.optional(), threads: wholeNumber.optional() };

export const latencySchemas = {
  measureLatency: z.tuple([
    architectureRef,
    z.strictObject({ ...device, input, batch: z.number().int().min(1).max(256).optional(), layers: z.boolean().optional() }).optional(),
  ]),
  profileDevice: z.tuple([
    z.strictObject({
      ...device,
      input,
      space: word.optional(),
      experiment: word.optional(),
      preset: word.optional(),
      networks: z.number().int().min(1).max(200).optional(),
    }),
  ]),
  deviceProfiles: z.tuple([]),
  predictLatency: z.tuple([word, z.array(architectureRef).max(1_000)]),
  exportDeviceProfile: z.tuple([word, path.optional()]),
};
