import type { FrontView } from '../../../electron/ipc/tradeoff.ts';
import { pointFlags } from '../../../renderer/charts/front-scene.ts';

/** Two experiments: t0..t3 of a, of which t3 dominates t1; t0 and t2 of b. */
export function smallView(change: Partial<FrontView> = {}): FrontView {
  const summary = (points: readonly number[]) => ({ points, counts: points.map(() => 1), history: { at: [0, 3], size: [1, 2] } });
  return {
    axis: 'macs',
    metric: { name: 'mIoU', split: 'val', kind: 'proxy' },
    metrics: [],
    hasLatency: false,
    experiments: [
      { id: 'a', name: 'A', system: 'hr-nas', state: 'complete', data: 'd', front: summary([0, 3]), finished: 4 },
      { id: 'b', name: 'B', system: 'hr-nas', state: 'complete', data: 'd', front: summary([4]), finished: 2 },
    ],
    series: ['s'],
    points: {
      experiment: [0, 0, 0, 0, 1, 1],
      number: [0, 1, 2, 3, 0, 2],
      x: [1e6, 3e6, 9e6, 2e6, 4e6, 5e6],
      y: [0.4, 0.5, 0.45, 0.6, 0.7, 0.2],
      macs: [1e6, 3e6, 9e6, 2e6, 4e6, 5e6],
      params: [10, 30, 90, 20, 40, 50],
      series: [0, 0, 0, -1, -1, -1],
      role: [1, 0, 2, 0, 0, 0],
      flags: [1, 1, 0, 1, 1, pointFlags.infeasible],
      entered: [0, 1, -1, 3, 0, -1],
      left: [-1, 3, -1, -1, -1, -1],
      jointEntered: [0, 1, -1, 3, 0, -1],
      jointLeft: [-1, 3, -1, -1, -1, -1],
      spread: [],
    },
    joint: { ...summary([0, 3, 4]), knee: { point: 3, gainUnit: 'M MACs', gainStep: 1e6 } },
    best: { point: 4 },
    published: [],
    counts: { trials: 6, failed: 0, withoutScore: 0, withoutCost: 0, excluded: 0, infeasible: 1 },
    findings: [],
    basis: 'd, val',
    lastNumber: 3,
    ...change,
  };
}
