import { assertNever } from '../assert-never.ts';
import { evolutionStrategy } from '../strategies/evolution.ts';
import { nearBestStrategy } from '../strategies/near-best.ts';
import { randomStrategy } from '../strategies/random.ts';
import type { Strategy } from '../strategies/strategy.ts';
import { tpeStrategy } from '../strategies/tpe.ts';
import type { TrialConfig } from './config.ts';

/** The strategy that a config names, with its options. */
export function strategyOf(config: TrialConfig): Strategy {
  switch (config.id) {
    case 'random':
      return randomStrategy;
    case 'evolution':
      return evolutionStrategy(config);
    case 'near-best':
      return nearBestStrategy(config);
    case 'tpe':
      return tpeStrategy(config);
    default:
      return assertNever(config);
  }
}
