import { describe, expect, it } from 'vitest';
import { parseSearchConfig, type PresetName, type SearchConfig } from '../../../engine/search/config.ts';
import { supernetOf, trainingGraph } from '../../../engine/search/network.ts';
import { planSearch } from '../../../engine/search/plan.ts';
import { emaDecayAt } from '../../../engine/train/ema.ts';
import { ratesAt } from '../../../engine/train/schedules/learning-rate.ts';
import { penaltyAt } from '../../../engine/train/schedules/penalty-ramp.ts';

/** Persons of COCO train2017 with at least one labelled joint (Lite-HRNet spec 6.1). */
const persons = 149813;

const presetOf = (preset: PresetName): SearchConfig => parseSearchConfig({ preset });
const batchOf = ({ data, train }: SearchConfig): number => data.batchSize * train.accumulate;
const stepsPerEpoch = (config: SearchConfig): number => Math.ceil(persons / batchOf(config));
const rateOf = ({ train }: SearchConfig, step: number, total: number): number => ratesAt(train, step, total).learningRate;

describe('the recipe of Lite-HRNet (spec 6)', () => {
  const config = presetOf('lite-hrnet');
  const { train, data, strategy, evaluate } = config;
  const steps = 'steps' in strategy ? strategy.steps : 0;

  it('trains for 210 epochs of 64 persons on each of 8 devices', () => {
    expect(batchOf(config)).toBe(512);
    expect(steps).toBe(210 * stepsPerEpoch(config));
  });

  it('Adam without decay, without averaged weights and without recalibrated norms', () => {
    expect(train.optimizer).toEqual({ id: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
    expect(train.weightDecay).toBe(0);
    expect(emaDecayAt(train.ema, batchOf(config), 1000)).toBe(0);
    expect(evaluate.calibrationBatches).toBe(0);
  });

  it.each([
    ['the first step has a thousandth', 0, 2e-6],
    ['half way up', 250, 2e-3 * (0.001 + 0.999 / 2)],
    ['the last step of the rise', 499, 2e-3 * (0.001 + (0.999 * 499) / 500)],
    ['the rise is over', 500, 2e-3],
    ['the last step of epoch 170', 170 * 293 - 1, 2e-3],
    ['the first step after epoch 170', 170 * 293, 2e-4],
    ['the last step of epoch 200', 200 * 293 - 1, 2e-4],
    ['the first step after epoch 200', 200 * 293, 2e-5],
    ['the last step', 210 * 293 - 1, 2e-5],
  ])('learning rate: %s', (_case, step, rate) => expect(rateOf(config, step, steps) / rate).toBeCloseTo(1, 10));

  it('augments and judges as its repository does', () => {
    expect(data).toMatchObject({
      inputSize: [256, 192],
      sigma: 2,
      order: 'flip-first',
      flipProbability: 0.5,
      halfBody: { probability: 0.3, minJoints: 8 },
      scaleFactor: 0.25,
      rotationDegrees: 30,
      rotationProbability: 0.6,
      centreJitter: { probability: 0.3, share: 0.2 },
      lossFactor: 1,
      flipTest: true,
      visibleThreshold: 0.2,
      nmsThreshold: 0.9,
    });
  });

  it('all convolutions begin within N(0, 0.001), biases at 0', () => {
    const { weights } = trainingGraph(config, supernetOf(config));
    const draws = new Set(weights.filter(({ kind }) => kind === 'weight').map(({ initial }) => JSON.stringify(initial)));
    expect([...draws]).toEqual([JSON.stringify({ distribution: 'normal', scale: 0.001 })]);
    expect(weights.some(({ kind, initial }) => kind === 'bias' && initial !== undefined)).toBe(false);
  });
});

describe('the recipe of HR-NAS for poses (spec 5.1, COCO column)', () => {
  const config = presetOf('hrnas-pose');
  const { train, data, strategy, evaluate } = config;
  if (strategy.id !== 'shrink') throw new Error('it shrinks');
  const epoch = stepsPerEpoch(config);

  it('48 persons on each of 8 devices, 391 steps an epoch, 210 epochs', () => {
    expect([batchOf(config), epoch, strategy.steps]).toEqual([384, 391, 210 * 391]);
  });

  it('Adam with a coupled decay of 1e-8, steps at epochs 170 and 200, no rise', () => {
    expect(train.optimizer).toEqual({ id: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
    expect(train.weightDecay).toBe(1e-8);
    const rates = [0, 170 * epoch - 1, 170 * epoch, 200 * epoch - 1, 200 * epoch].map((step) => rateOf(config, step, strategy.steps));
    [1e-3, 1e-3, 1e-4, 1e-4, 1e-5].forEach((expected, i) => expect(rates[i]! / expected).toBeCloseTo(1, 10));
  });

  it('the penalty grows to 1e-6 over 25 epochs; shrinks every 30 epochs, the last time at the end', () => {
    expect(strategy).toMatchObject({ profileSize: [224, 224], threshold: 1e-3, minPrunedMacs: 1e6, penaltyMode: 'paper-code' });
    expect(strategy.penalties).toContain(1e-6);
    expect(penaltyAt(1e-6, 12.5 * epoch, strategy.rampSteps)).toBeCloseTo(0.5e-6, 12);
    const phase = planSearch(config).phases.find((candidate) => candidate.kind === 'continuation' && candidate.penalty === 1e-6);
    expect(phase).toMatchObject({ points: [1, 2, 3, 4, 5, 6, 7].map((n) => 30 * n * epoch) });
  });

  it('averages as for 4096 samples a step and recalibrates on 10 batches of 16 on each of 8 devices', () => {
    expect(emaDecayAt(train.ema, batchOf(config), 1e9)).toBeCloseTo(0.9999 ** (384 / 4096), 12);
    expect(evaluate).toEqual({ calibrationBatches: 80, calibrationBatchSize: 16 });
  });

  it("HRNet's augmentation and half of the squared error", () => {
    expect(data).toMatchObject({
      inputSize: [256, 192],
      sigma: 2,
      order: 'flip-last',
      scaleFactor: 0.35,
      rotationDegrees: 45,
      rotationProbability: 0.6,
      halfBody: { probability: 0.3, minJoints: 8 },
      centreJitter: { probability: 0, share: 0 },
      lossFactor: 0.5,
    });
  });

  it('norms have momentum 0.1 and epsilon 1e-5; convolutions begin within N(0, 0.001), matrices of transformers Xavier-uniform', () => {
    const graph = trainingGraph(config, supernetOf(config));
    const norms = graph.nodes.filter(({ op }) => op === 'batch-norm');
    expect(new Set(norms.map(({ attrs }) => JSON.stringify([attrs.momentum, attrs.epsilon])))).toEqual(new Set(['[0.1,0.00001]']));
    const draw = (end: string): unknown => graph.weights.find(({ name }) => name.endsWith(end))?.initial;
    expect(draw('downsamples.0.0.weight')).toEqual({ distribution: 'normal', scale: 0.001 });
    expect(draw('transformer.input_proj.weight')).toEqual({ distribution: 'normal', scale: 0.001 });
    expect(draw('encoder.linear1.weight')).toEqual({ distribution: 'uniform', scale: Math.sqrt(6 / 128) });
    expect(draw('in_proj_weight')).toEqual({ distribution: 'uniform', scale: Math.sqrt(6 / (192 + 64)) });
  });
});
