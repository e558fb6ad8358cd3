/**
 * A compute process with a search that costs nothing: the weights are a few numbers that each step changes by its own random stream.
 * Everything around it is real (protocol, files, plan, trials). LAB_TEST_FAKE changes what it does.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DatasetError } from '../../../datasets/source.ts';
import { readCheckpointFile, writeCheckpointFile } from '../../../db/checkpoints/checkpoint-files.ts';
import type { WrittenFile } from '../../../db/checkpoints/checkpoint-files.ts';
import { serveJob } from '../../../electron/compute/compute-session.ts';
import { checkNumerics } from '../../../electron/compute/numerics.ts';
import type { ComputeJob, ComputePort, FromCompute } from '../../../electron/compute/protocol.ts';
import { runInProcess } from '../../../electron/compute/run-in-process.ts';
import { EngineError } from '../../../engine/error.ts';
import { rngFor } from '../../../engine/rng.ts';
import { parseSearchConfig } from '../../../engine/search/config.ts';
import type { SearchEvent, TrialResult } from '../../../engine/search/events.ts';
import type { StopSignal } from '../../../engine/search/parts.ts';
import { planSearch, warmUpName } from '../../../engine/search/plan.ts';
import type { PlannedPhase } from '../../../engine/search/plan.ts';
import { hrNas } from '../../../engine/spaces/hr-nas/hr-nas.ts';

export interface FakeBehaviour {
  readonly stepMs?: number;
  /** At the first step of this number or later. */
  readonly at?: number;
  readonly then?: 'throw-engine' | 'throw-data' | 'throw-type' | 'disk-full' | 'exit' | 'exit-when-stopped' | 'hang';
  /** Fingerprint of this machine's arithmetic. */
  readonly numerics?: string;
  /** Trials come out different each time. */
  readonly isRandom?: boolean;
  /** Added to the score of every trial from t2 on. */
  readonly shift?: number;
  /** What it says that it computes on. */
  readonly backend?: string;
}

const behaviour = JSON.parse(process.env['LAB_TEST_FAKE'] ?? '{}') as FakeBehaviour;
const arch = hrNas.smallest(hrNas.defaultSettings);

async function* search(job: ComputeJob, signal: StopSignal, post: (message: FromCompute) => Promise<void>): AsyncGenerator<SearchEvent> {
  const { numerics } = behaviour;
  if (numerics !== undefined) checkNumerics(job, numerics);
  await post({
    type: 'environment',
    backend: behaviour.backend ?? 'fake',
    threads: 1,
    details: { reason: 'test' },
    ...(numerics === undefined ? {} : { numerics }),
  });
  const config = parseSearchConfig(job.config);
  const plan = planSearch(config);
  const files = new Map<string, WrittenFile>(job.files.map((file) => [file.file, file]));
  const save = (name: string, weights: Float64Array): WrittenFile => {
    const written = writeCheckpointFile(job.folder, name, new Uint8Array(weights.buffer));
    files.set(name, written);
    return written;
  };
  const read = (file: string): Float64Array =>
    new Float64Array(readCheckpointFile(job.folder, files.get(file) as WrittenFile).slice().buffer);
  const kept = new Map(Object.entries(job.progress.kept).map(([name, { file }]) => [name, file]));
  yield { type: 'plan', phases: plan.phases.map(({ name, steps }) => ({ name, steps })), totalSteps: plan.totalSteps };
  const state = job.progress.state;
  for (const [index, phase] of plan.phases.entries()) {
    if (index < (state?.phaseIndex ?? 0)) continue;
    yield { type: 'phase', index, name: phase.name, steps: phase.steps };
    const isResumed = state !== undefined && index === state.phaseIndex;
    const weights = isResumed
      ? read(state.file)
      : phase.kind !== 'continuation'
        ? new Float64Array(64)
        : read(kept.get(warmUpName) as string);
    const firstStep = isResumed ? state.step - phase.firstStep : 0;
    for (let step = firstStep + 1; step <= phase.steps; step++) {
      const total = phase.firstStep + step;
      await delay(behaviour.stepMs ?? 2);
      misbehave(total, job);
      const rng = rngFor(config.seed, phase.name, step);
      for (let i = 0; i < weights.length; i++) weights[i] = (weights[i] as number) * 0.9 + rng.normal();
      yield { type: 'scalars', step: total, phase: phase.name, values: { loss: weights[0] as number } };
      const number = trialAt(phase, step);
      if (number !== undefined) {
        yield { type: 'trial-started', number, arch, hash: `h${number}` };
        yield {
          type: 'trial-finished',
          trial: trialOf(number, step, weights, config.seed),
          weights: save(`trial-${number}.safetensors`, weights),
        };
      }
      const isEnd = step === phase.steps;
      if (!isEnd && !signal.aborted && total % config.checkpoint.everySteps !== 0) continue;
      if (signal.aborted && behaviour.then === 'exit-when-stopped') process.exit(9);
      const keep = isEnd && phase.kind === 'warm-up';
      const name = keep ? warmUpName : 'latest';
      const file = keep ? 'warm-up.safetensors' : `state-${total}.safetensors`;
      if (keep) kept.set(name, file);
      yield { type: 'state', step: total, phaseIndex: index, state: { phase: phase.name }, checkpoint: save(file, weights), keep, name };
      if (signal.aborted) {
        yield { type: 'stopped', step: total };
        return;
      }
    }
  }
  yield { type: 'finished', step: plan.totalSteps };
}

function trialAt(phase: PlannedPhase, step: number): number | undefined {
  if (phase.kind === 'fixed') return step === phase.steps ? phase.trial : undefined;
  if (phase.kind !== 'continuation') return undefined;
  const point = phase.points.indexOf(step);
  return point < 0 ? undefined : phase.firstTrial + point;
}

function trialOf(number: number, steps: number, weights: Float64Array, seed: number): TrialResult {
  return {
    number,
    arch,
    hash: `h${number}`,
    cost: { macs: 1000 - number, params: 10, activationBytes: 40, input: [8, 8, 3], scope: 'full' },
    metrics: [
      {
        name: 'mIoU',
        value: (Math.abs(weights[1] as number) % 1) + (number < 2 ? 0 : (behaviour.shift ?? 0)),
        split: 'search-val',
        kind: 'proxy',
      },
    ],
    steps,
    seed,
    series: 'rho',
    role: 'front',
    details: { sum: weights.reduce((a, b) => a + b, 0), ...(behaviour.isRandom === true ? { noise: randomUUID() } : {}) },
  };
}

function misbehave(step: number, job: ComputeJob): void {
  if (behaviour.then === undefined || step < (behaviour.at ?? 1)) return;
  switch (behaviour.then) {
    case 'throw-engine':
      throw new EngineError('loss-not-finite', `step ${step}: the loss is NaN.`, { tip: 'Lower the learning rate.' });
    case 'throw-data':
      throw new DatasetError('image-damaged', `${job.dataset.root}/x.png is damaged.`, { tip: 'Copy it again.' });
    case 'throw-type':
      throw new TypeError('a fault of the program', { cause: new Error('EMFILE: too many open files') });
    case 'disk-full':
      throw Object.assign(new DatasetError('disk-full', 'no space'), { name: 'StoreError', code: 'disk-full' });
    case 'exit':
      process.stderr.write('out of luck\n');
      process.exit(9);
      break;
    case 'exit-when-stopped':
      // At the end of the step.
      break;
    case 'hang':
      for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
  }
}

await runInProcess((port: ComputePort) => serveJob(port, search));
