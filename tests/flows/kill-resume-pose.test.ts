import { describe, it } from 'vitest';
import { expectResumed } from './support/expect-resumed.ts';
import { homeWithPeople, tinyLiteSearch, tinyPoseSearch } from './support/tiny-pose-search.ts';

describe('slow: kill -9 and resume, key points', () => {
  it.each([
    ['HR-NAS shrinking', tinyPoseSearch(8)],
    ['evolution over Lite-HRNets', tinyLiteSearch(4, 6)],
  ] as const)(
    '%s, three kills at steps chosen by the seed: trials, best architecture, curves and weights equal the uninterrupted run',
    (_, config) => expectResumed(homeWithPeople, config, 'wasm'),
    120_000,
  );
});
