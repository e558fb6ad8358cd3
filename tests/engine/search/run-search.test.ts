import { beforeAll, describe, expect, it } from 'vitest';
import { memory } from '../../../engine/backend/tf.ts';
import type { SearchEvent } from '../../../engine/search/events.ts';
import type { SearchConfig } from '../../../engine/search/config.ts';
import { float32Values, readSafetensors } from '../../../engine/run/safetensors.ts';
import { loadWeights } from '../../../engine/run/weights-file.ts';
import { hrNas } from '../../../engine/spaces/hr-nas/hr-nas.ts';
import type { Architecture } from '../../../engine/spaces/search-space.ts';
import { isStep, isTrial, outcome } from './support/outcome.ts';
import { rectangles, runTiny, tinyConfig, tinySpace, type TinyRun } from './support/tiny-search.ts';

const config = tinyConfig();
let whole: TinyRun;

beforeAll(async () => {
  whole = await runTiny(config);
}, 60_000);

describe('runSearch, HR-NAS', () => {
  it('says plan, phases, trials in number order and its end; the warm-up is kept', () => {
    expect(whole.events[0]).toEqual({
      type: 'plan',
      phases: [
        { name: 'warm-up', steps: 4 },
        { name: 'rho=0', steps: 8 },
        { name: 'rho=0.3', steps: 8 },
        { name: 'rho=3', steps: 8 },
      ],
      totalSteps: 28,
    });
    expect(whole.events.at(-1)).toEqual({ type: 'finished', step: 28 });
    expect(whole.trials.map((trial) => [trial.number, trial.role, trial.series])).toEqual([
      [0, 'reference', 'rho=0'],
      [1, 'trajectory', 'rho=0.3'],
      [2, 'trajectory', 'rho=0.3'],
      [3, 'front', 'rho=0.3'],
      [4, 'trajectory', 'rho=3'],
      [5, 'trajectory', 'rho=3'],
      [6, 'front', 'rho=3'],
    ]);
    expect(
      whole.events.filter((event) => event.type === 'state' && event.keep).map((event) => event.type === 'state' && event.name),
    ).toEqual(['warm-up']);
    const steps = whole.events.flatMap((event) => (event.type === 'scalars' ? [event.step] : []));
    expect(steps).toEqual(Array.from({ length: 28 }, (_, i) => i + 1));
  });

  it('the reference stays whole, the penalised networks shrink along their trajectories', () => {
    const macs = whole.trials.map((trial) => trial.cost.macs);
    expect(whole.trials[0]!.arch).toEqual(hrNas.canonical(hrNas.largest(config.space)));
    for (const series of [macs.slice(1, 4), macs.slice(4, 7)]) {
      expect(series[2]).toBeLessThan(macs[0]!);
      expect(series).toEqual([...series].sort((a, b) => b - a));
    }
    expect(whole.events.some((event) => event.type === 'log' && event.message.startsWith('cut out'))).toBe(true);
  });

  it('every weight file holds exactly the network of its trial, with the architecture in its metadata', () => {
    for (const trial of whole.trials) {
      const bytes = whole.files.get(`trial-000${trial.number}.safetensors`)!;
      const arch = JSON.parse(readSafetensors(bytes).metadata.arch!) as Architecture;
      expect(arch).toEqual(trial.arch);
      loadWeights(hrNas.graph(arch, [16, 24, 3]).weights, bytes).dispose();
    }
  });

  it('details say what is alive and agree with the architecture', () => {
    const last = whole.trials[6]!;
    const alive = last.details!.alive as Record<string, { kernels: Record<string, number>; tokens: number }>;
    for (const [name, { kernels, tokens }] of Object.entries(alive)) {
      for (const kernel of [3, 5]) expect(kernels[kernel] ?? 0).toBe(last.arch.choices[`${name}.k${kernel}`]);
      expect(tokens).toBe(last.arch.choices[`${name}.tokens`] ?? 0);
    }
  });

  it('slow: cut off anywhere and resumed from its newest state, trials and weight files are identical', async () => {
    const cuts = [
      isStep(1), // before any state
      isStep(3), // inside the warm-up
      (event: SearchEvent): boolean => event.type === 'state' && event.keep, // at its end
      isStep(14), // early in a continuation, between two states
      isTrial(2), // after a trial, before the state that follows the shrinking
      (event: SearchEvent): boolean => event.type === 'state' && event.step === 18, // after it
      isTrial(6), // the very last trial
    ];
    for (const killWhen of cuts) {
      const cut = await runTiny(config, { killWhen });
      const resumed = await runTiny(config, { progress: cut.progress, files: cut.files });
      expect(resumed.events.at(-1)?.type).toBe('finished');
      expect(outcome(resumed)).toEqual(outcome(whole));
    }
  }, 120_000);

  it('slow: stopped again and again, each time after the running step, and resumed: identical', async () => {
    let run = await runTiny(config, { stopWhen: isStep(2) });
    for (const step of [7, 15, 19]) {
      expect(run.events.slice(-2).map((event) => event.type)).toEqual(['state', 'stopped']);
      run = await runTiny(config, { progress: run.progress, files: run.files, stopWhen: isStep(step) });
      expect(run.events.at(-1)).toEqual({ type: 'stopped', step });
    }
    // during an evaluation: the trial is begun again
    run = await runTiny(config, { progress: run.progress, files: run.files, stopWhen: (event) => event.type === 'trial-started' });
    expect(run.events.slice(-3).map((event) => event.type)).toEqual(['trial-started', 'state', 'stopped']);
    run = await runTiny(config, { progress: run.progress, files: run.files });
    expect(outcome(run)).toEqual(outcome(whole));
  }, 60_000);

  it('slow: a trial that was finished after the newest state is not said again, and its file stays what it is', async () => {
    const cut = await runTiny(config, { killWhen: isTrial(2) });
    const mark = Uint8Array.of(1, 2, 3);
    cut.files.set('trial-0002.safetensors', mark);
    const resumed = await runTiny(config, { progress: cut.progress, files: cut.files });
    expect(resumed.files.get('trial-0002.safetensors')).toEqual(mark);
    expect(resumed.events.flatMap((event) => (event.type === 'trial-finished' ? [event.trial.number] : []))).toEqual([3, 4, 5, 6]);
    expect(resumed.trials).toEqual(whole.trials);
  });

  it('resuming a finished search redoes nothing', async () => {
    const again = await runTiny(config, { progress: whole.progress, files: whole.files });
    expect(again.events.map((event) => event.type)).toEqual(['plan', 'phase', 'finished']);
  });

  it('leaves no tensor behind, also when it is cut off', async () => {
    const short = tinyConfig({ strategy: { warmupSteps: 1, steps: 2, intervalSteps: 1, penalties: [1] } });
    await runTiny(short, { killWhen: isStep(2) });
    const before = memory().numTensors;
    await runTiny(short);
    await runTiny(short, { killWhen: isStep(4) });
    expect(memory().numTensors).toBe(before);
  });

  it('another seed gives other results', async () => {
    const short = { warmupSteps: 1, steps: 1, intervalSteps: 1, penalties: [1] };
    const [a, b] = [await runTiny(tinyConfig({ strategy: short })), await runTiny(tinyConfig({ strategy: short, seed: 6 }))];
    expect(outcome(a).files).not.toEqual(outcome(b).files);
  });

  it('a loss that is not finite ends the search with its code, step and a tip', async () => {
    const broken = runTiny(config, {
      trainBatch: (index) => {
        const batch = rectangles(config, 'train', index);
        if (index === 2) batch.images.fill(NaN);
        return batch;
      },
    });
    await expect(broken).rejects.toMatchObject({
      code: 'loss-not-finite',
      message: expect.stringContaining('step 2'),
      tip: expect.stringContaining('learningRate'),
    });
  });

  it('weights that are not finite end the search before a state or a trial is made of them', async () => {
    const seen: string[] = [];
    const bursting = tinyConfig({ train: { learningRate: 1e40 }, checkpoint: { everySteps: 1 } });
    const run = runTiny(bursting, { stopWhen: (event) => seen.push(event.type) < 0 });
    await expect(run).rejects.toMatchObject({
      code: 'weights-not-finite',
      message: expect.stringMatching(/^after training step 0: .* is not finite/),
      tip: expect.stringContaining('learningRate'),
    });
    expect(seen).toEqual(['plan', 'phase', 'scalars']);
  });

  it.each([
    ['of another phase', { phase: 'rho=9' }],
    ['without a step', { step: undefined }],
    ['of another version', { version: 2 }],
  ])('a stored state %s is refused', async (_case, change) => {
    const cut = await runTiny(config, { killWhen: isStep(3) });
    const state = { ...cut.progress.state!, state: { ...cut.progress.state!.state, ...change } };
    await expect(runTiny(config, { progress: { ...cut.progress, state }, files: cut.files })).rejects.toMatchObject({
      code: 'state-mismatch',
    });
  });

  it('a state file of another architecture is refused', async () => {
    const cut = await runTiny(config, { killWhen: isStep(3) });
    const files = new Map(cut.files);
    files.set(cut.progress.state!.file, whole.files.get('trial-0006.safetensors')!);
    await expect(runTiny(config, { progress: cut.progress, files })).rejects.toMatchObject({ code: 'bad-weights' });
  });
});

describe('runSearch, random networks', () => {
  const random = tinyConfig({ strategy: { id: 'random', trials: 2, steps: 3, minMacs: 4e5, maxMacs: 6e5 } });

  it('slow: trains networks within the limits; cut off and resumed it is identical', async () => {
    const run = await runTiny(random);
    expect(run.trials.map((trial) => trial.number)).toEqual([0, 1]);
    // started once each: a store counts a second start as another attempt
    expect(run.events.flatMap((event) => (event.type === 'trial-started' ? [event.number] : []))).toEqual([0, 1]);
    for (const { cost, role } of run.trials) {
      expect(cost.macs).toBeGreaterThanOrEqual(4e5);
      expect(cost.macs).toBeLessThanOrEqual(6e5);
      expect(role).toBe('front');
    }
    for (const killWhen of [isStep(2), isTrial(0), isStep(5)]) {
      const cut = await runTiny(random, { killWhen });
      expect(outcome(await runTiny(random, { progress: cut.progress, files: cut.files }))).toEqual(outcome(run));
    }
  }, 60_000);

  it('a network whose training fails is a failed trial, and the search goes on', async () => {
    let calls = 0;
    const run = await runTiny(random, {
      trainBatch: (index) => {
        const batch = rectangles(random, 'train', index);
        if (calls++ === 1) batch.images.fill(NaN);
        return batch;
      },
    });
    expect(run.events.filter((event) => event.type === 'trial-failed')).toMatchObject([{ number: 0, code: 'loss-not-finite' }]);
    expect(run.trials.map((trial) => trial.number)).toEqual([1]);
  });

  it('one whose weights burst in its last step is a failed trial too', async () => {
    const run = await runTiny(
      tinyConfig({
        train: { learningRate: 1e40, schedule: { id: 'constant' } },
        strategy: { id: 'random', trials: 1, steps: 1, minMacs: 4e5, maxMacs: 6e5 },
      }),
    );
    expect(run.events.filter((event) => event.type === 'trial-failed')).toMatchObject([{ number: 0, code: 'weights-not-finite' }]);
    expect(run.trials).toEqual([]);
  });

  it('slow: limits that leave nothing: infeasible, with a tip', async () => {
    const config = tinyConfig({ strategy: { id: 'random', trials: 1, steps: 1, minMacs: 1, maxMacs: 2 } });
    await expect(runTiny(config)).rejects.toMatchObject({ code: 'infeasible' });
  });
});

describe('runSearch, one fixed network', () => {
  const arch = hrNas.smallest(tinySpace);
  const grown = hrNas.canonical({ ...arch, choices: Object.fromEntries(Object.keys(arch.choices).map((name) => [name, 2])) });
  const fixed = (change: object): SearchConfig => tinyConfig({ strategy: { id: 'fixed', arch: grown, steps: 3, ...change } });

  it('one trial of that network, the same after being cut off', async () => {
    const run = await runTiny(fixed({}));
    expect(run.trials).toMatchObject([{ number: 0, arch: grown, role: 'front', operator: 'train', steps: 3 }]);
    const cut = await runTiny(fixed({}), { killWhen: (event) => event.type === 'state' });
    expect(outcome(await runTiny(fixed({}), { progress: cut.progress, files: cut.files }))).toEqual(outcome(run));
  });

  it('given weights are where it starts: one step at a tiny rate leaves them almost as they are', async () => {
    const trained = (await runTiny(fixed({}))).files.get('trial-0000.safetensors')!;
    const slow = fixed({ steps: 1, weights: '/a/file' });
    const still = { ...slow, train: { ...slow.train, learningRate: 1e-12, ema: { ...slow.train.ema, decay: 0 } } };
    const after = (await runTiny(still, { initialWeights: trained })).files.get('trial-0000.safetensors')!;
    const [before, now] = [trained, after].map((file) => readSafetensors(file).tensors);
    const name = [...before!.keys()].find((key) => key.endsWith('.weight'))!;
    const values = float32Values(now!.get(name)!);
    float32Values(before!.get(name)!).forEach((value, i) => expect(values[i]).toBeCloseTo(value, 5));
  });

  it('weights of another network are refused', async () => {
    const other = (await runTiny(tinyConfig({ strategy: { id: 'fixed', arch: hrNas.largest(tinySpace), steps: 1 } }))).files.get(
      'trial-0000.safetensors',
    )!;
    await expect(runTiny(fixed({ weights: '/a/file' }), { initialWeights: other })).rejects.toMatchObject({ code: 'bad-weights' });
  });
});
