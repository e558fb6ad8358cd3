import { z } from 'zod';
import type { Json } from '../../../db/store.ts';

/** Texts that come from outside are short; whole files never travel in messages. */
export const text = z.string().max(20_000);
/** An id or its beginning, a name of a data set, a split. */
export const word = z.string().min(1).max(400);
export const path = z.string().min(1).max(4_096);
export const wholeNumber = z.number().int().nonnegative();
export const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(json), z.record(z.string(), json)]),
);
