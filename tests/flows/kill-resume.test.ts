import { describe, it } from 'vitest';
import { testableBackends } from '../engine/backend/testable-backends.ts';
import { expectResumed } from './support/expect-resumed.ts';
import { homeWithCity, tinySearch, trialSearch } from './support/tiny-search.ts';

describe('slow: kill -9 and resume', () => {
  const searches = [
    ['shrinking', 'wasm', tinySearch(8)],
    ['random widths', 'wasm', trialSearch({ id: 'random' })],
    ['evolution', 'wasm', trialSearch({ id: 'evolution', population: 2, tournament: 2 })],
    ['points near the best', 'wasm', trialSearch({ id: 'near-best', exploitProbability: 0.9, top: 2 })],
    ['Parzen estimator', 'wasm', trialSearch({ id: 'tpe', startupTrials: 2, candidates: 4, gamma: 0.4 })],
    ['shrinking', 'tensorflow', tinySearch(8)],
  ] as const;
  it.each(searches.filter(([, backend]) => testableBackends.includes(backend)))(
    '%s on %s, three kills at steps chosen by the seed: trials, best architecture, curves and weights equal the uninterrupted run',
    (_, backend, config) => expectResumed(homeWithCity, config, backend),
    120_000,
  );
});
