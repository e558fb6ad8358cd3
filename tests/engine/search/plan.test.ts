import { describe, expect, it } from 'vitest';
import { parseSearchConfig } from '../../../engine/search/config.ts';
import { planSearch } from '../../../engine/search/plan.ts';

const shrinkPlan = (strategy: Record<string, unknown>) => planSearch(parseSearchConfig({ preset: 'demo', strategy }));

describe('planSearch', () => {
  it('one warm-up, the reference, then one continuation a penalty; trial numbers follow on', () => {
    const plan = shrinkPlan({ warmupSteps: 5, steps: 10, intervalSteps: 4, penalties: [0.1, 0.2] });
    expect(plan.phases).toEqual([
      { kind: 'warm-up', name: 'warm-up', steps: 5, firstStep: 0 },
      { kind: 'continuation', name: 'rho=0', steps: 10, firstStep: 5, penalty: 0, role: 'reference', points: [10], firstTrial: 0 },
      { kind: 'continuation', name: 'rho=0.1', steps: 10, firstStep: 15, penalty: 0.1, role: 'front', points: [4, 8, 10], firstTrial: 1 },
      { kind: 'continuation', name: 'rho=0.2', steps: 10, firstStep: 25, penalty: 0.2, role: 'front', points: [4, 8, 10], firstTrial: 4 },
    ]);
    expect(plan).toMatchObject({ totalSteps: 35, totalTrials: 7 });
  });

  it('an interval that divides the steps gives the last point once', () => {
    const plan = shrinkPlan({ warmupSteps: 0, steps: 8, intervalSteps: 4, penalties: [0.1], withReference: false });
    expect(plan.phases[1]).toMatchObject({ points: [4, 8] });
  });

  it('a random search is one phase a trial', () => {
    const plan = planSearch(parseSearchConfig({ preset: 'demo', strategy: { id: 'random', trials: 2, steps: 7 } }));
    expect(plan.phases.map((phase) => [phase.kind, phase.firstStep])).toEqual([
      ['fixed', 0],
      ['fixed', 7],
    ]);
    expect(plan).toMatchObject({ totalSteps: 14, totalTrials: 2 });
  });

  it('the best are trained again after all trials, as trials of their own', () => {
    const strategy = { id: 'near-best', trials: 3, steps: 7, top: 2, retrain: { top: 2, steps: 20 } };
    const plan = planSearch(parseSearchConfig({ preset: 'demo', strategy }));
    expect(plan.phases.slice(3)).toEqual([
      { kind: 'retrain', name: 'retrain 1', steps: 20, firstStep: 21, rank: 0, trial: 3 },
      { kind: 'retrain', name: 'retrain 2', steps: 20, firstStep: 41, rank: 1, trial: 4 },
    ]);
    expect(plan).toMatchObject({ totalSteps: 61, totalTrials: 5 });
  });
});
