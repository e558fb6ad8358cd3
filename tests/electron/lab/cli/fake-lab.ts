import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../../../electron/lab/cli/main.ts';
import type { ExperimentView, LabApi, TrialView } from '../../../../electron/ipc/contract.ts';

// Commands here must not reach the home of whoever runs the tests.
process.env['LAB_HOME'] ??= join(tmpdir(), 'lab-test-home-that-is-never-made');

/** Runs a command in this process on a lab of which only some operations exist. */
export async function runOn(
  lab: Partial<LabApi>,
  args: readonly string[],
): Promise<{ exit: number; out: string; err: string; json<T = Record<string, unknown>>(): T }> {
  let out = '';
  let err = '';
  const streams = { out: { write: (text: string) => (out += text) }, err: { write: (text: string) => (err += text) } };
  const exit = await main(args, streams, () => Promise.resolve({ api: lab as LabApi, close: () => Promise.resolve() }));
  return { exit, out, err, json: <T>() => JSON.parse(out) as T };
}

export const arch = { space: 'hr-nas', version: 1, settings: {}, choices: {} };

export function trialView(number: number, macs: number, value: number | null, change: Partial<TrialView> = {}): TrialView {
  return {
    experiment: 'hrnas-7f3a2c',
    number,
    attempt: 1,
    state: 'complete',
    arch,
    hash: `00${number}a91f00`,
    cost: { macs, params: macs / 50, activationBytes: 1, input: [64, 128, 3], scope: 'full' },
    metrics: [{ name: 'mIoU', value, split: 'search-val', kind: 'proxy' }],
    steps: 100,
    seed: 1,
    series: `rho=${number}`,
    role: 'front',
    checkpoint: `/lab/t${number}.safetensors`,
    startedAt: '2026-11-24T06:00:00Z',
    ...change,
  };
}

export const experimentView: ExperimentView = {
  id: 'hrnas-7f3a2c',
  name: 'hrnas-7f3a2c',
  system: 'hr-nas',
  state: 'complete',
  config: { preset: 'demo' },
  environment: {
    appVersion: '0.1.0',
    nodeVersion: 'v24',
    platform: 'linux-x64',
    backend: 'wasm',
    threads: 1,
    dataset: { name: 'streets', kind: 'cityscapes', root: '/data/streets', fingerprint: 'f' },
    reference: { macs: 100e6, metric: 0 },
  },
  createdAt: '2026-11-24T06:00:00Z',
  updatedAt: '2026-11-24T06:02:00Z',
  tags: ['paper'],
  note: '',
  seconds: 131,
  folder: '/lab',
  progress: { step: 1000, totalSteps: 1000, checkpointStep: 1000, trials: { running: 0, complete: 4, failed: 0, abandoned: 0 } },
};

/** Front t1, t2, t3 (knee t2), t4 dominated, t5 on the way, t0 the reference, t6 without a score. */
export const trials: readonly TrialView[] = [
  trialView(0, 100e6, 0.8, { role: 'reference' }),
  trialView(1, 20e6, 0.5),
  trialView(2, 40e6, 0.7),
  trialView(3, 80e6, 0.75),
  trialView(4, 85e6, 0.6),
  trialView(5, 30e6, 0.66, { role: 'trajectory', series: 'rho=1' }),
  trialView(6, 10e6, null),
];
