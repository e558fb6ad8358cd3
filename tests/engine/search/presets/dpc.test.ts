import { describe, expect, it } from 'vitest';
import { findPublished } from '../../../../engine/catalog.ts';
import { checkSearchConfig, parseSearchConfig, type PresetName } from '../../../../engine/search/config.ts';
import { supernetOf, trainingGraph } from '../../../../engine/search/network.ts';
import { planSearch } from '../../../../engine/search/plan.ts';
import { isDecayed } from '../../../../engine/train/l2.ts';
import { ratesAt } from '../../../../engine/train/schedules/learning-rate.ts';

const config = parseSearchConfig({ preset: 'dpc' });
const pathsOf = (value: unknown): string[] => checkSearchConfig(value).map(({ path }) => path);

describe('the recipe of DPC (spec 6 to 8)', () => {
  const { train, data, strategy, proxy } = config;

  it('the proxy task: 30,000 iterations of 8 crops of 769x769 at output stride 16 on a frozen MobileNet-v2', () => {
    expect(data).toMatchObject({ kind: 'segmentation', batchSize: 8, crop: [769, 769] });
    expect(supernetOf(config).settings).toMatchObject({ backbone: 'mobilenet-v2', outputStride: 16, crop: [769, 769], classes: 19 });
    expect(proxy).toMatchObject({ id: 'frozen-backbone', weights: '', steps: 90000, learningRate: 0.01, variants: 1, precision: 'float16' });
    expect(strategy).toMatchObject({ steps: 30000 });
  });

  it('28,000 cells, the best 50 trained again for 90,000 iterations', () => {
    expect(strategy).toMatchObject({ id: 'near-best', trials: 28000, exploitProbability: 0, retrain: { top: 50, steps: 90000 } });
  });

  it.each([
    [0, 0.01],
    [1000, 0.00969949378],
    [7500, 0.007718895067],
    [15000, 0.005358867313],
    [29999, 9.345248856e-7],
  ])('poly, power 0.9, from 0.01: step %i has %d', (step, rate) => {
    expect(ratesAt(train, step, 30000).learningRate / rate).toBeCloseTo(1, 9);
  });

  it('SGD with momentum 0.9; kernels decay by 4e-5 unless they are depthwise; biases at twice the rate', () => {
    expect(train.optimizer).toEqual({ id: 'sgd', momentum: 0.9, nesterov: false });
    expect(train.weightDecay).toBe(4e-5);
    const { weights } = trainingGraph(config, findPublished('dpc:aspp'));
    for (const spec of weights) {
      expect(isDecayed(spec), spec.name).toBe(spec.name.endsWith('/weights'));
      expect(spec.gradientFactor, spec.name).toBe(spec.name.endsWith('biases') ? 2 : undefined);
    }
  });

  it('DeepLab\'s pictures: scales in seven steps, bytes to -1..1, no colours and no rule of classes, 1024x2048 padded to 1025x2049', () => {
    expect(data).toMatchObject({
      baseSize: [1024, 2048],
      scale: [0.5, 2],
      scaleStep: 0.25,
      flipProbability: 0.5,
      maxClassShare: 1,
      photometric: false,
      normalization: 'plus-minus-one',
      evaluationSize: [1025, 2049],
      loss: { alignCorners: true, mean: 'labelled' },
    });
  });
});

describe('its presets', () => {
  it.each(['dpc', 'dpc-desktop', 'dpc-demo'] as const)('%s: backbone, trials, then the best again', (preset: PresetName) => {
    const parsed = parseSearchConfig({ preset });
    const { strategy } = parsed;
    if (!('retrain' in strategy)) throw new Error('it proposes networks');
    const kinds = planSearch(parsed).phases.map(({ kind }) => kind);
    expect([kinds[0], kinds.filter((kind) => kind === 'fixed').length, kinds.filter((kind) => kind === 'retrain').length]).toEqual([
      'backbone',
      strategy.trials,
      strategy.retrain.top,
    ]);
  });

  it('norms that move slowly are recalibrated where trials are short', () => {
    for (const preset of ['dpc-desktop', 'dpc-demo'] as const) {
      const { evaluate, strategy } = parseSearchConfig({ preset });
      const seen = 1 - (1 - 3e-4) ** ('steps' in strategy ? strategy.steps : 0);
      expect(evaluate.calibrationBatches > 0 || seen > 0.99, preset).toBe(true);
    }
  });
});

describe('what is refused', () => {
  it.each<[string, unknown, string[]]>([
    ['a crop where corners do not align', { data: { crop: [768, 769] }, space: { crop: [768, 769] } }, ['data.crop.0']],
    ['such an evaluation', { data: { evaluationSize: [1025, 2048] } }, ['data.evaluationSize.1']],
    ['another crop in the space', { data: { crop: [513, 513] } }, ['space.crop']],
    ['a network without a backbone', { space: { backbone: 'none' } }, ['space.backbone']],
    [
      'a whole network on the proxy',
      { strategy: { id: 'fixed', arch: findPublished('dpc:top1'), weights: '/w.safetensors' } },
      ['strategy.weights'],
    ],
    [
      'a decoder on the proxy',
      { strategy: { id: 'fixed', arch: { ...findPublished('dpc:top1'), settings: { decoder: true } } } },
      ['strategy.arch'],
    ],
  ])('%s', (_, change, paths) => {
    expect(pathsOf({ preset: 'dpc', ...(change as object) })).toEqual(paths);
  });

  it('at output stride 8 sizes are 8 k + 1', () => {
    const change = (side: number): unknown => ({ data: { crop: [side, side] }, space: { crop: [side, side], outputStride: 8 } });
    expect(pathsOf({ preset: 'dpc', ...(change(777) as object) })).toEqual([]);
    expect(pathsOf({ preset: 'dpc', ...(change(780) as object) })).toEqual(['data.crop.0', 'data.crop.1']);
  });
});
