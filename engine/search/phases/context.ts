import type { FailedTrial, SearchParts, ResumePoint, StopSignal } from '../parts.ts';
import type { TrialResult } from '../events.ts';
import type { SearchPlan } from '../plan.ts';
import type { Recipe } from './recipe.ts';

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
  /** Trials whose training failed; a phase adds its own. */
  readonly failed: Map<number, FailedTrial>;
  /** What the phase trains and how. */
  readonly recipe: Recipe;
}
