import { expect, it } from 'vitest';
import { phasesText } from '../../../../electron/lab/cli/phases-text.ts';

it('trials with equally many steps are one entry; other phases stand for themselves', () => {
  const trials = [0, 1, 2].map((number) => ({ name: `trial ${number}`, steps: 7 }));
  const again = [1, 2].map((rank) => ({ name: `retrain ${rank}`, steps: 20 }));
  expect(phasesText([{ name: 'backbone', steps: 50 }, ...trials, ...again])).toBe(
    'backbone 50, trial 0 to 2 with 7 each, retrain 1 to 2 with 20 each',
  );
  expect(phasesText([{ name: 'trial 0', steps: 7 }])).toBe('trial 0 7');
});

it('continuations are told apart by their penalties', () => {
  const phases = ['warm-up', 'rho=0.1', 'rho=0.2'].map((name) => ({ name, steps: 5 }));
  expect(phasesText(phases)).toBe('warm-up 5, rho=0.1 5, rho=0.2 5');
});
