import type { CheckpointRecord, ExperimentBundle, FinishedTrial, RunnerMark } from '../../db/store.ts';

export const runner: RunnerMark = { pid: 4711, bootId: 'boot-a', startedAt: '1234' };

export function newExperiment(id: string) {
  return { id, name: `name of ${id}`, system: 'hr-nas', config: { seed: 7, rhos: [0, 0.1] }, environment: { backend: 'cpu' }, runner };
}

export function finishedTrial(number: number, macs = 1000 + number): FinishedTrial {
  return {
    number,
    arch: { space: 'hr-nas', choices: { a: number } },
    hash: `hash-${number}`,
    cost: { macs, params: 10 },
    metrics: [{ name: 'mIoU', value: 0.5, split: 'search-val', kind: 'proxy' }],
    steps: 40,
    seed: 7,
    role: 'front',
  };
}

export function checkpoint(name: string, step: number, more: Partial<CheckpointRecord> = {}): Omit<CheckpointRecord, 'createdAt'> {
  return { experiment: 'a', name, step, phaseIndex: 0, state: { step }, file: `state-${step}.safetensors`, bytes: 3, sha256: 'f'.repeat(64), keep: false, ...more };
}

/** Stopped elsewhere years ago: one complete trial, one that was cut off twice, two states of equal steps. */
export function foreignBundle(): ExperimentBundle {
  const { runner: _runner, ...started } = newExperiment('b');
  const time = '2020-02-03T04:05:06.000Z';
  const state = (name: string, keep: boolean) => {
    const { experiment: _experiment, ...rest } = checkpoint(name, 4, { keep, file: `${name}.safetensors` });
    return { ...rest, createdAt: time };
  };
  return {
    experiment: { ...started, state: 'stopped', createdAt: time, updatedAt: time, tags: ['paper'], note: 'n', seconds: 12.5, origin: 'elsewhere' },
    trials: [
      { ...finishedTrial(0), attempt: 2, state: 'complete', weights: 't0.safetensors', series: 'rho', parents: [3], details: { a: [1] }, startedAt: time, finishedAt: time },
      { number: 1, attempt: 2, state: 'abandoned', arch: { a: 1 }, hash: 'h', metrics: [], startedAt: time, finishedAt: time },
    ],
    scalars: { rate: [{ step: 1, value: 0.5 }], loss: [{ step: 1, value: 2 }, { step: 2, value: Number.NaN }] },
    logs: [
      { time, level: 'info', message: 'first' },
      { time, level: 'warn', message: 'second', values: { n: 1 } },
    ],
    checkpoints: [state('newer', false), state('older', true)],
  };
}

/** Code of what `work` throws. */
export function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'nothing was thrown';
}
