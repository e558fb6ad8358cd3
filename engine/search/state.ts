import { z } from 'zod';
import { EngineError } from '../error.ts';
import type { Architecture } from '../spaces/search-space.ts';

/** The JSON beside a state's weight file: with it the next step is the one that an uninterrupted run would have made. */
export interface PhaseState {
  readonly version: 1;
  readonly phase: string;
  /** Steps done in this phase. */
  readonly step: number;
  /** Whether the evaluation that is due after `step` steps has been made. */
  readonly isEvaluated: boolean;
  /** The network in training. */
  readonly arch: Architecture;
  /** Where a strategy has it from. */
  readonly origin?: NetworkOrigin;
}

/** How a network came to be tried. */
export interface NetworkOrigin {
  readonly operator: string;
  /** Numbers of the trials that it was made from. */
  readonly parents?: readonly number[];
}

const architectureSchema = z.object({
  space: z.string(),
  version: z.int(),
  settings: z.record(z.string(), z.json()),
  choices: z.record(z.string(), z.number()),
});

const stateSchema = z.object({
  version: z.literal(1),
  phase: z.string(),
  step: z.int().min(0),
  isEvaluated: z.boolean(),
  arch: architectureSchema,
  origin: z.object({ operator: z.string(), parents: z.array(z.int().min(0)).exactOptional() }).exactOptional(),
});

/** Reads a stored state of the phase `phase`. Throws EngineError 'state-mismatch' when it is none. */
export function parsePhaseState(value: unknown, phase: string): PhaseState {
  const parsed = stateSchema.safeParse(value);
  const problem = parsed.success
    ? parsed.data.phase === phase
      ? undefined
      : `it belongs to phase '${parsed.data.phase}'`
    : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  if (problem !== undefined) {
    throw new EngineError('state-mismatch', `resuming phase '${phase}': the stored state does not fit: ${problem}`, {
      tip: 'The experiment was changed or written by another version; fork it to start anew.',
    });
  }
  return parsed.data as PhaseState;
}
