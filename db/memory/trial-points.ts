import type { TrialPoints, TrialRecord } from '../store.ts';

export function pointsOf(trials: readonly TrialRecord[]): TrialPoints {
  const finished = trials.filter(({ state }) => state === 'complete' || state === 'failed');
  return {
    number: finished.map(({ number }) => number),
    state: finished.map(({ state }) => state as 'complete' | 'failed'),
    hash: finished.map(({ hash }) => hash),
    role: finished.map(({ role }) => role ?? null),
    series: finished.map(({ series }) => series ?? null),
    operator: finished.map(({ operator }) => operator ?? null),
    cost: finished.map(({ cost }) => cost ?? null),
    metrics: finished.map(({ metrics }) => metrics),
    steps: finished.map(({ steps }) => steps ?? null),
    seed: finished.map(({ seed }) => seed ?? null),
  };
}
