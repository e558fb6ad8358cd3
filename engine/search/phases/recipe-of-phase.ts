import type { ResumePoint, SearchParts } from '../parts.ts';
import type { PlannedPhase, SearchPlan } from '../plan.ts';
import { backboneRecipe, frozenRecipe, retrainRecipe } from './proxy-recipes.ts';
import { wholeRecipe, type Recipe } from './recipe.ts';

/**
 * The recipe of a phase; dispose it. `kept` are the states that earlier phases kept: with a proxy task all phases but the backbone's need its.
 * Throws EngineError 'state-mismatch' without it.
 */
export function recipeFor(
  { config }: SearchPlan,
  parts: SearchParts,
  { kind }: Pick<PlannedPhase, 'kind'>,
  kept: ReadonlyMap<string, ResumePoint> = new Map(),
): Recipe {
  const { proxy } = config;
  if (proxy.id === 'none') return wholeRecipe(config, parts);
  if (kind === 'backbone') return backboneRecipe(config, proxy, parts);
  return kind === 'retrain' ? retrainRecipe(config, proxy, parts, kept) : frozenRecipe(config, proxy, parts, kept);
}
