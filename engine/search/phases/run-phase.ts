import { assertNever } from '../../assert-never.ts';
import { EngineError } from '../../error.ts';
import type { SearchEvent } from '../events.ts';
import type { PhaseContext } from './context.ts';
import { runContinuation } from './continuation.ts';
import { runFixed } from './fixed.ts';
import { recipeFor } from './recipe.ts';
import { runRetrain } from './retrain.ts';
import { runWarmUp } from './warm-up.ts';

/** Runs one phase of the plan from its start or from `context.resume`. */
export function runPhase(given: Omit<PhaseContext, 'recipe'>): AsyncGenerator<SearchEvent> {
  const { plan, index, parts } = given;
  const phase = plan.phases[index]!;
  const context: PhaseContext = { ...given, recipe: recipeFor(plan, parts, phase) };
  const { strategy } = plan.config;
  switch (phase.kind) {
    case 'warm-up':
      if (strategy.id !== 'shrink') break;
      return runWarmUp(context, phase, strategy.warmupSteps + strategy.steps);
    case 'continuation':
      if (strategy.id !== 'shrink') break;
      return runContinuation(context, phase, strategy);
    case 'fixed':
      if (strategy.id === 'shrink') break;
      return runFixed(context, phase, strategy);
    case 'retrain':
      if (strategy.id === 'shrink' || strategy.id === 'fixed') break;
      return runRetrain(context, phase, strategy);
    default:
      return assertNever(phase);
  }
  throw new EngineError('bad-plan', `phase '${phase.name}' does not belong to the strategy '${strategy.id}'`);
}
