import { z } from 'zod';
import type { ExperimentEnvironment } from '../../ipc/contract.ts';
import type { Json } from '../../../db/store.ts';

const text = (longest: number) => z.string().max(longest);
const count = z.int().min(0);
const positive = z.int().min(1);
/** A word of the app's own: it ends up in commands and in comments. */
const plainWord = (longest: number) => text(longest).regex(/^[A-Za-z0-9][A-Za-z0-9_.:+-]*$/);
const json = z.custom<Json>((value) => value !== undefined);

/** Every key of an environment: one that is missing here would refuse the experiments that have it. */
const shape = {
  appVersion: text(100),
  nodeVersion: text(100),
  platform: text(100),
  backend: plainWord(100),
  threads: positive.exactOptional(),
  compileFrom: positive.exactOptional(),
  precision: text(20).exactOptional(),
  choice: z.record(text(100), json).exactOptional(),
  numerics: text(100).exactOptional(),
  dataset: z.strictObject({ name: text(200), kind: plainWord(100), root: text(4096), fingerprint: plainWord(200) }),
  reference: z.strictObject({ macs: z.number().positive(), metric: z.number() }).exactOptional(),
  latency: z
    .strictObject({
      profile: text(200),
      device: text(400),
      factor: z.number(),
      errorMs: z.number(),
      layers: z.record(text(4000), z.number().min(0)),
    })
    .exactOptional(),
  retrains: z.strictObject({ experiment: text(200), trial: count, seed: count, later: z.array(count).max(20) }).exactOptional(),
  repeats: text(200).exactOptional(),
  plan: z.strictObject({ phases: z.array(z.strictObject({ name: text(200), steps: count })), totalSteps: count }).exactOptional(),
} satisfies Record<keyof ExperimentEnvironment, z.ZodType>;

export const environmentSchema = z.strictObject(shape);
