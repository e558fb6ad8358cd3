import { expect, test } from 'vitest';
import { advance, eventLine, secondsLeft, startState, statusWords } from '../../../../electron/lab/cli/search-progress.ts';
import type { SearchProgressState } from '../../../../electron/lab/cli/search-progress.ts';
import type { SearchEvent, TrialResult } from '../../../../engine/search/events.ts';

const arch = { space: 'hr-nas', version: 1, settings: {}, choices: {} };
const trial: TrialResult = {
  number: 4,
  arch,
  hash: 'h',
  seed: 1,
  steps: 150,
  series: 'rho=0.02',
  role: 'front',
  cost: { macs: 31.2e6, params: 1.1e6, activationBytes: 1, input: [64, 128, 3], scope: 'full' },
  metrics: [{ name: 'mIoU', value: 0.4123, split: 'search-val', kind: 'proxy' }],
};
const events: readonly SearchEvent[] = [
  {
    type: 'plan',
    phases: [
      { name: 'warm-up', steps: 100 },
      { name: 'rho=0.02', steps: 100 },
    ],
    totalSteps: 200,
  },
  { type: 'phase', index: 0, name: 'warm-up', steps: 100 },
  { type: 'scalars', step: 1, phase: 'warm-up', values: { loss: 2.94 } },
  { type: 'phase', index: 1, name: 'rho=0.02', steps: 100 },
  { type: 'scalars', step: 101, phase: 'rho=0.02', values: { loss: 1.2345 } },
  { type: 'trial-finished', trial: { ...trial, number: 3, role: 'reference', series: 'rho=0', cost: { ...trial.cost, macs: 62.4e6 } } },
];

/** One event every 10 s. */
function seen(list: readonly SearchEvent[]): { state: SearchProgressState; lines: (string | undefined)[] } {
  let state = startState;
  const lines = list.map((event, i) => {
    const line = eventLine(event, state);
    state = advance(state, event, 10_000 * i);
    return line;
  });
  return { state, lines };
}

test('events as lines: phases and trials, not every step', () => {
  expect(seen(events).lines).toEqual([
    undefined,
    'phase 1/2 warm-up: 100 steps',
    undefined,
    'phase 2/2 rho=0.02: 100 steps',
    undefined,
    't3 rho=0 [reference]: mIoU 41.2 % on search-val, 62.4 M MACs, 1.10 M params',
  ]);
});

test('a smaller trial says what it saves against the largest seen', () => {
  expect(eventLine({ type: 'trial-finished', trial }, seen(events).state)).toBe(
    't4 rho=0.02 [front]: mIoU 41.2 % on search-val, 31.2 M MACs (-50 %), 1.10 M params',
  );
});

test('failed trials and warnings are told with their tip', () => {
  expect(eventLine({ type: 'trial-failed', number: 2, code: 'x', message: 'It broke.', tip: 'Mend it.' }, startState)).toBe(
    't2 failed: It broke. Tip: Mend it.',
  );
  expect(eventLine({ type: 'log', level: 'warn', message: 'hm' }, startState)).toBe('warning: hm');
});

test('the rest of the time follows from the steps seen in this process, also after resuming', () => {
  // steps 1 and 101 were seen 20 s apart: 0.2 s a step, 99 steps to go
  expect(secondsLeft(seen(events.slice(0, 5)).state, 40_000)).toBeCloseTo(0.2 * 99, 6);
  expect(secondsLeft(seen(events.slice(0, 3)).state, 20_000)).toBeNaN();
  const resumed = seen([
    events[0] as SearchEvent,
    { type: 'scalars', step: 150, phase: 'p', values: {} },
    { type: 'scalars', step: 160, phase: 'p', values: {} },
  ]).state;
  expect(secondsLeft(resumed, 20_000)).toBeCloseTo(40, 6);
});

test('status: phase, loss, metric, MACs of the newest trial', () => {
  expect(statusWords(seen(events).state)).toBe('phase 2/2 rho=0.02 · loss 1.23 · mIoU 41.2 % · 62.4 M MACs');
  expect(statusWords(startState)).toBe('starting');
});
