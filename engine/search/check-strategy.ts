import { assertNever } from '../assert-never.ts';
import type { Problem } from '../spaces/search-space.ts';
import type { ShrinkConfig, StrategyConfig, TrialConfig } from './config.ts';
import { strategyDefaults } from './presets/defaults.ts';

/** What no single field of a strategy can tell. */
export function strategyProblems(strategy: StrategyConfig): readonly Problem[] {
  if (strategy.id === 'fixed') return [];
  return strategy.id === 'shrink' ? shrinkProblems(strategy) : [...trialProblems(strategy), ...ownProblems(strategy)];
}

function shrinkProblems({ intervalSteps, steps, penalties, withReference }: ShrinkConfig): Problem[] {
  const problems: Problem[] = [];
  if (intervalSteps > steps) {
    problems.push({ path: 'strategy.intervalSteps', message: `${intervalSteps} is above strategy.steps (${steps})` });
  }
  if (new Set(penalties).size !== penalties.length) problems.push({ path: 'strategy.penalties', message: 'contains a value twice' });
  if (withReference && penalties.includes(0)) {
    const message = 'contains 0, which is the reference; set strategy.withReference to false or drop it';
    problems.push({ path: 'strategy.penalties', message });
  }
  return problems;
}

function trialProblems({ minMacs, maxMacs, retrain, trials, latencyProfile, maxLatencyMs }: TrialConfig): Problem[] {
  const problems: Problem[] = [];
  if (minMacs >= maxMacs) problems.push({ path: 'strategy.minMacs', message: `${minMacs} is not below strategy.maxMacs (${maxMacs})` });
  if (latencyProfile === '' && maxLatencyMs !== strategyDefaults.random.maxLatencyMs) {
    problems.push({ path: 'strategy.maxLatencyMs', message: `${maxLatencyMs} needs strategy.latencyProfile, a device that it is predicted for` });
  }
  if (retrain.top > trials) problems.push(above('retrain.top', retrain.top, 'trials', trials));
  return problems;
}

/** Options with which a strategy would be nothing but a random search. */
function ownProblems(strategy: TrialConfig): Problem[] {
  const { trials } = strategy;
  switch (strategy.id) {
    case 'random':
      return [];
    case 'evolution': {
      const { population, tournament } = strategy;
      return [
        ...(population < trials ? [] : [neverBegins('population', population, trials)]),
        ...(tournament <= population ? [] : [above('tournament', tournament, 'population', population)]),
      ];
    }
    case 'near-best':
      return strategy.top <= trials ? [] : [above('top', strategy.top, 'trials', trials)];
    case 'tpe':
      return strategy.startupTrials < trials ? [] : [neverBegins('startupTrials', strategy.startupTrials, trials)];
    default:
      return assertNever(strategy);
  }
}

function above(name: string, value: number, other: string, limit: number): Problem {
  return { path: `strategy.${name}`, message: `${value} is above strategy.${other} (${limit})` };
}

function neverBegins(name: string, value: number, trials: number): Problem {
  const message = `${value} is not below strategy.trials (${trials}): that many networks are drawn at random first, so all of them would be`;
  return { path: `strategy.${name}`, message };
}
