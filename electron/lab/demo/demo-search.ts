import { join } from 'node:path';
import { parseSearchConfig } from '../../../engine/search/config.ts';
import type { RandomConfig, SearchConfig, ShrinkConfig, TrialConfig } from '../../../engine/search/config.ts';
import { backboneFile } from '../../../engine/search/frozen/kept-backbone.ts';
import { strategyDefaults } from '../../../engine/search/presets/defaults.ts';
import { EngineError } from '../../../engine/error.ts';
import type { Demo } from './demos.ts';

export interface DemoForm {
  readonly seed?: number | undefined;
  readonly quick?: boolean | undefined;
}

/** The configuration of a demo on a data set. */
export function demoConfig({ preset, quick }: Demo, dataset: string, form: DemoForm = {}): SearchConfig {
  const changes = form.quick === true ? quick.config : {};
  const config = parseSearchConfig({ preset, ...changes, ...(form.seed === undefined ? {} : { seed: form.seed }) });
  return parseSearchConfig({ ...config, data: { ...config.data, dataset } });
}

export function baselineName({ title }: Pick<Demo, 'title'>): string {
  return `${title}: random search`;
}

/**
 * A random search with the budget of another one: as many networks trained equally long under the same limits; beside a shrinking search as many
 * as its training steps allow, each trained as long as the networks of its front were. Cells are tried on the same backbone: the one that the
 * other search left in its folder.
 */
export function baselineConfig(config: SearchConfig, folder: string): SearchConfig {
  const { strategy, proxy } = config;
  if (strategy.id === 'fixed') throw new EngineError('no-baseline', 'a single network has no random search beside it');
  return {
    ...config,
    ...(proxy.id !== 'none' && { proxy: { ...proxy, weights: join(folder, backboneFile) } }),
    strategy: strategy.id === 'shrink' ? besideShrinking(strategy) : besideTrials(strategy),
  };
}

function besideTrials({ trials, steps, minMacs, maxMacs, latencyProfile, maxLatencyMs, retrain }: TrialConfig): RandomConfig {
  return { ...strategyDefaults.random, trials, steps, minMacs, maxMacs, latencyProfile, maxLatencyMs, retrain };
}

function besideShrinking({ warmupSteps, steps, penalties, withReference }: ShrinkConfig): RandomConfig {
  const ofOne = warmupSteps + steps;
  const total = warmupSteps + (penalties.length + (withReference ? 1 : 0)) * steps;
  return { ...strategyDefaults.random, trials: Math.max(1, Math.floor(total / ofOne)), steps: ofOne };
}
