import { beforeAll, describe, expect, it } from 'vitest';
import { memory } from '../../../../engine/backend/tf.ts';
import { estimate } from '../../../../engine/cost/estimate.ts';
import { readSafetensors } from '../../../../engine/run/safetensors.ts';
import { loadWeights } from '../../../../engine/run/weights-file.ts';
import type { SearchEvent } from '../../../../engine/search/events.ts';
import { dpc } from '../../../../engine/spaces/dpc/dpc.ts';
import { backboneOf, graphBackboneAlone } from '../../../../engine/spaces/dpc/proxy.ts';
import { runTiny, sha256, tinyProxyConfig, type TinyRun } from '../support/tiny-search.ts';
import { isStep, isTrial, outcome } from '../support/outcome.ts';

const config = tinyProxyConfig();
let whole: TinyRun;

const trialFile = (run: TinyRun, number: number): Uint8Array => run.files.get(`trial-000${number}.safetensors`)!;
const weightsOf = (bytes: Uint8Array): Map<string, string> =>
  new Map([...readSafetensors(bytes).tensors].map(([name, tensor]) => [name, sha256(tensor.bytes)]));

beforeAll(async () => {
  whole = await runTiny(config);
}, 60_000);

describe('slow: a search on a frozen backbone', () => {
  it('trains the backbone, then the trials, then the best of them again; steps are counted over all', () => {
    expect(whole.events[0]).toMatchObject({
      phases: [
        { name: 'backbone', steps: 3 },
        ...[0, 1, 2].map((n) => ({ name: `trial ${n}`, steps: 4 })),
        ...[1, 2].map((n) => ({ name: `retrain ${n}`, steps: 2 })),
      ],
      totalSteps: 19,
    });
    const steps = whole.events.flatMap((event) => (event.type === 'scalars' ? [event.step] : []));
    expect(steps).toEqual(Array.from({ length: 19 }, (_, i) => i + 1));
    expect(whole.trials.map(({ metrics }) => metrics[0]?.kind)).toEqual(['proxy', 'proxy', 'proxy', 'retrained', 'retrained']);
    expect(whole.events.at(-1)).toEqual({ type: 'finished', step: 19 });
  });

  it('features are computed once a picture: 3 training batches and 2 ranked ones', () => {
    expect(new Set(whole.shown)).toEqual(new Set(['train 0', 'train 1', 'train 2', 'evaluation 0', 'evaluation 1']));
    expect(whole.shown).toHaveLength(5);
    expect(whole.features.size).toBe(10);
    const networks = [...whole.features.keys()].map((key) => (JSON.parse(key) as { readonly network: unknown }).network);
    expect(networks).toEqual(Array(10).fill(backboneOf(config.space)));
  });

  it('architectures and costs are those of whole networks on pictures', () => {
    for (const { arch, cost } of whole.trials) {
      expect(arch.settings).toMatchObject({ backbone: 'mobilenet-v2', crop: [33, 33] });
      expect(cost).toMatchObject({ scope: 'full', input: [33, 33, 3], macs: estimate(dpc.graph(arch, [33, 33, 3])).macs });
    }
  });

  it('weight files hold whole networks; proxy trials share the bits of the backbone, retrained ones have moved on from them', () => {
    const backbone = weightsOf(whole.files.get('backbone.safetensors')!);
    expect([...backbone.keys()]).toEqual(graphBackboneAlone(config.space, [33, 33, 3]).weights.map(({ name }) => name));
    for (const { number, arch, metrics } of whole.trials) {
      loadWeights(dpc.graph(arch, [33, 33, 3]).weights, trialFile(whole, number)).dispose();
      const own = weightsOf(trialFile(whole, number));
      const isShared = [...backbone].every(([name, hash]) => own.get(name) === hash);
      expect(isShared).toBe(metrics[0]?.kind === 'proxy');
    }
  });

  it('cut off anywhere and resumed, with what was kept of features or without: identical', async () => {
    const cuts = [
      isStep(1), // in the training of the backbone
      isStep(3), // at its end, before it is kept
      (event: SearchEvent): boolean => event.type === 'state' && event.keep,
      isStep(6), // in a trial
      isTrial(1),
      isStep(16), // in a retraining
      isTrial(4),
    ];
    for (const killWhen of cuts) {
      const cut = await runTiny(config, { killWhen });
      const cold = await runTiny(config, { progress: cut.progress, files: cut.files });
      expect(outcome(cold)).toEqual(outcome(whole));
      const warm = await runTiny(config, { progress: cut.progress, files: cut.files, features: whole.features });
      expect(outcome(warm)).toEqual(outcome(whole));
    }
  }, 120_000);

  it('with all features kept no picture is read, and a store that is too small says so and changes no bit', async () => {
    const warm = await runTiny(config, { features: whole.features });
    expect(warm.shown).toEqual([]);
    expect(outcome(warm)).toEqual(outcome(whole));
    const [record] = whole.features.values();
    const narrow = await runTiny(config, { featureBytes: 2.5 * record!.length });
    expect(narrow.features.size).toBe(2);
    expect(outcome(narrow)).toEqual(outcome(whole));
    const warnings = narrow.events.filter((event) => event.type === 'log' && event.level === 'warn');
    expect(warnings.length).toBeGreaterThan(0);
    expect(warnings[0]).toMatchObject({ message: expect.stringContaining('full') as string });
  });

  it('a backbone that is given is not trained; the file may hold a whole network, and equal weights share their features', async () => {
    const given = tinyProxyConfig({ proxy: { weights: '/somewhere/network.safetensors' } });
    const run = await runTiny(given, { backbone: trialFile(whole, 0), features: whole.features });
    expect(run.events[0]).toMatchObject({ phases: [{ name: 'backbone', steps: 0 }, {}, {}, {}, {}, {}], totalSteps: 16 });
    expect(run.shown).toEqual([]);
    expect(outcome(run)).toEqual(outcome(whole));
  });

  it('a backbone of another width is refused', async () => {
    const other = tinyProxyConfig({ proxy: { weights: '/w' }, space: { width: 0.35 } });
    await expect(runTiny(other, { backbone: trialFile(whole, 0) })).rejects.toMatchObject({ code: 'bad-weights' });
  });

  it('float32 features are others than float16 ones, and kept apart', async () => {
    const run = await runTiny(tinyProxyConfig({ proxy: { precision: 'float32' } }), { features: whole.features });
    expect(run.features.size).toBe(20);
  });

  it('with a decoder in the settings trials are trained without, the best again with it', async () => {
    const run = await runTiny(tinyProxyConfig({ space: { decoder: true } }), { features: whole.features });
    expect(run.trials.map(({ arch }) => arch.settings.decoder ?? false)).toEqual([false, false, false, true, true]);
    expect(run.trials.slice(0, 3).map(({ hash }) => hash)).toEqual(whole.trials.slice(0, 3).map(({ hash }) => hash));
    loadWeights(dpc.graph(run.trials[4]!.arch, [33, 33, 3]).weights, trialFile(run, 4)).dispose();
  });

  it('leaves no tensor behind, also when it is cut off', async () => {
    const before = memory().numTensors;
    await runTiny(config, { features: whole.features });
    await runTiny(config, { killWhen: isStep(6) });
    expect(memory().numTensors).toBe(before);
  });
});
