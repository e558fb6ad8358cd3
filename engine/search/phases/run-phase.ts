import { assertNever } from '../../assert-never.ts';
import { EngineError } from '../../error.ts';
import type { SearchEvent } from '../events.ts';
import { runBackbone } from './backbone.ts';
import type { PhaseContext } from './context.ts';
import { runContinuation } from './continuation.ts';
import { runFixed } from './fixed.ts';
import { recipeFor } from './recipe-of-phase.ts';
import { runRetrain } from './retrain.ts';
import { runWarmUp } from './warm-up.ts';

/** Runs one phase of the plan from its start or from `context.resume`. */
export async function* runPhase(given: Omit<PhaseContext, 'recipe'>): AsyncGenerator<SearchEvent> {
  const { plan, index, parts, kept } = given;
  const recipe = recipeFor(plan, parts, plan.phases[index]!, kept);
  try {
    for await (const event of eventsOf({ ...given, recipe })) {
      // nothing is said after the answer to a request to stop
      if (event.type === 'stopped') yield* recipe.logs();
      yield event;
      if (event.type === 'stopped') return;
    }
    yield* recipe.logs();
  } finally {
    await recipe.dispose();
  }
}

function eventsOf(context: PhaseContext): AsyncGenerator<SearchEvent> {
  const { plan, index } = context;
  const phase = plan.phases[index]!;
  const { strategy, proxy } = plan.config;
  switch (phase.kind) {
    case 'backbone':
      if (proxy.id === 'none') break;
      return runBackbone(context, phase, proxy);
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
