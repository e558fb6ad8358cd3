import type { SearchParts, ResumePoint, StopSignal } from '../parts.ts';
import type { TrialResult } from '../events.ts';
import type { SearchPlan } from '../plan.ts';

/** What a phase is run with. */
export interface PhaseContext {
  readonly plan: SearchPlan;
  readonly index: number;
  readonly parts: SearchParts;
  readonly signal: StopSignal;
  /** Where to go on; undefined at the start of the phase. */
  readonly resume: ResumePoint | undefined;
  /** Kept states by name; a phase adds its own. */
  readonly kept: Map<string, ResumePoint>;
  /** Trials that are done; a phase adds its own. */
  readonly finished: Map<number, TrialResult>;
}
