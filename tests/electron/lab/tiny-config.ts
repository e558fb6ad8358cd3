import type { Json } from '../../../db/store.ts';

/** 20 steps of warm-up, then two penalties with 20 steps each and a trial every 5. */
export function tinyConfig(change: Readonly<Record<string, Json>> = {}): Json {
  return {
    preset: 'demo',
    seed: 5,
    strategy: { id: 'shrink', warmupSteps: 20, steps: 20, rampSteps: 5, intervalSteps: 5, penalties: [0.01, 0.1], withReference: false },
    checkpoint: { everySteps: 4 },
    ...change,
  };
}
