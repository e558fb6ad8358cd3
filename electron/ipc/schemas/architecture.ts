import { z } from 'zod';
import { json, path, wholeNumber, word } from './basics.ts';

export const architectureRef = z.union([
  z.strictObject({ experiment: word, trial: wholeNumber }),
  z.strictObject({ experiment: word, supernet: z.literal(true) }),
  z.strictObject({ published: word }),
  z.strictObject({ architecture: json }),
]);
const side = z.number().int().min(8).max(16_384);
const input = z.tuple([side, side]).optional();
const network = { form: z.enum(['search', 'retrain']).optional(), input };
const file = z.strictObject({
  ...network,
  format: z.enum(['svg', 'json', 'nasarch']),
  detail: z.enum(['stages', 'blocks', 'nodes']).optional(),
  colour: z.enum(['macs', 'params', 'activationBytes']).optional(),
  target: path.optional(),
});

export const architectureSchemas = {
  architecture: z.tuple([architectureRef, z.strictObject(network).optional()]),
  networkGraph: z.tuple([architectureRef, z.strictObject(network).optional()]),
  diffArchitectures: z.tuple([architectureRef, architectureRef, z.strictObject({ input }).optional()]),
  lineage: z.tuple([word, wholeNumber]),
  sharedBlocks: z.tuple([word, wholeNumber]),
  exportGraph: z.tuple([architectureRef, file]),
  publishedNetworks: z.tuple([]),
};
