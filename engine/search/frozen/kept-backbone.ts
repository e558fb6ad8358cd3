import { z } from 'zod';
import { EngineError } from '../../error.ts';
import type { ResumePoint } from '../parts.ts';

/** Name under which the backbone is kept from its phase on. */
export const backboneName = 'backbone';

/** Its file in the folder of the experiment. */
export const backboneFile = 'backbone.safetensors';

/** The weights that trials share. */
export interface KeptBackbone {
  /** Path that `readFile` takes: a safetensors file of the backbone alone. */
  readonly file: string;
  /** SHA-256 of that file, which holds nothing else: equal for equal weights. */
  readonly digest: string;
}

const stateSchema = z.object({ version: z.literal(1), phase: z.literal(backboneName), digest: z.string().min(1) });

/** The JSON of the kept state. */
export function backboneState(digest: string): Readonly<Record<string, unknown>> {
  return { version: 1, phase: backboneName, digest };
}

/** Throws EngineError 'state-mismatch' when the phase of the backbone left none. */
export function keptBackbone(kept: ReadonlyMap<string, ResumePoint>): KeptBackbone {
  const point = kept.get(backboneName);
  const parsed = stateSchema.safeParse(point?.state);
  if (point === undefined || !parsed.success) {
    throw new EngineError('state-mismatch', `the backbone was not kept; expected a state named '${backboneName}' from its phase.`);
  }
  return { file: point.file, digest: parsed.data.digest };
}
