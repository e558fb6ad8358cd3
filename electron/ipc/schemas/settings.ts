import { z } from 'zod';
import { path, word } from './basics.ts';

/** By section; exported for the file, which is read section by section. */
export const settingsSections = {
  storage: z.strictObject({ workspace: path.optional() }),
  compute: z.strictObject({
    backend: word.optional(),
    threads: z.number().int().min(1).max(1024).optional(),
    maxRunning: z.number().int().min(1).max(16),
    memoryLimitBytes: z
      .number()
      .int()
      .min(2 ** 26)
      .optional(),
  }),
  notifications: z.strictObject({ finished: z.boolean(), failed: z.boolean(), attention: z.boolean() }),
  power: z.strictObject({ sleepOnBattery: z.boolean() }),
};

export const settingsChange = z.strictObject(settingsSections).partial();

export const settingsSchemas = {
  settings: z.tuple([]),
  changeSettings: z.tuple([settingsChange]),
};
