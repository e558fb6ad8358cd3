import { describe, expect, it } from 'vitest';
import { applySettings, checkSearchConfig, parseSearchConfig } from '../../../engine/search/config.ts';
import { hrNas } from '../../../engine/spaces/hr-nas/hr-nas.ts';
import { strategyDefaults } from '../../../engine/search/presets/defaults.ts';
import { presets } from '../../../engine/search/presets.ts';

const smallest = hrNas.smallest(hrNas.defaultSettings);
const pathsOf = (value: unknown): string[] => checkSearchConfig(value).map((problem) => problem.path);

describe('parseSearchConfig', () => {
  it.each(Object.keys(presets))('preset %s is complete and valid, and completing it again changes nothing', (preset) => {
    const config = parseSearchConfig({ preset });
    expect(config.preset).toBe(preset);
    expect(parseSearchConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });

  it('the paper preset holds the published Cityscapes figures', () => {
    const { train, strategy, data, seed, evaluate } = parseSearchConfig({ preset: 'paper' });
    expect(seed).toBe(1995);
    // 4 images on each of 8 devices, which batch norms see apart; recalibrated on 10 x 16 images each
    expect(data).toMatchObject({ batchSize: 4, crop: [512, 1024], baseSize: [1024, 2048], scale: [0.5, 2] });
    expect(train).toMatchObject({ accumulate: 8, learningRate: 0.04, weightDecay: 1e-5, optimizer: { id: 'adamw', epsilon: 1e-3 } });
    expect(evaluate).toEqual({ calibrationBatches: 80, calibrationBatchSize: 16 });
    // 430 epochs of 93 steps, ramp 25 epochs, shrinking every 10 epochs
    expect(strategy).toMatchObject({ steps: 430 * 93, rampSteps: 25 * 93, intervalSteps: 10 * 93, threshold: 1e-3, minPrunedMacs: 1e6 });
  });

  it('a partial config is laid over its preset', () => {
    const config = parseSearchConfig({ preset: 'demo', data: { batchSize: 3 } });
    expect(config.data.batchSize).toBe(3);
    expect(config.data).toEqual({ ...presets.demo.data, batchSize: 3 });
  });

  it.each(Object.keys(strategyDefaults).filter((id) => id !== 'fixed'))('the defaults of the strategy %s are right as they are', (id) => {
    expect(checkSearchConfig({ preset: 'paper', strategy: { id } })).toEqual([]);
  });

  it('another strategy or optimiser starts from its own defaults, not from the preset', () => {
    const config = parseSearchConfig({ preset: 'demo', strategy: { id: 'random', trials: 3 }, train: { optimizer: { id: 'sgd' } } });
    expect(config.strategy).toEqual({ ...strategyDefaults.random, trials: 3 });
    expect(config.train.optimizer).toEqual({ id: 'sgd', momentum: 0.9, nesterov: false });
  });

  it('float32 unless told otherwise; float16 comes with its loss scale', () => {
    expect(parseSearchConfig({ preset: 'demo' }).train.precision).toEqual({ id: 'float32' });
    const half = applySettings({ preset: 'demo' }, ['train.precision.id=float16']);
    expect(parseSearchConfig(half).train.precision).toEqual({ id: 'float16', lossScale: 1024 });
  });

  it('the space of a fixed network is its own, not the one of the preset; given, it may be written with defaults', () => {
    const fixed = { preset: 'demo', strategy: { id: 'fixed', arch: smallest } };
    const config = parseSearchConfig(fixed);
    expect(config.space).toEqual(smallest.settings);
    expect(parseSearchConfig(config)).toEqual(config);
    expect(checkSearchConfig({ ...fixed, space: { classes: 19, tokens: 64 } })).toEqual([]);
  });

  it('random networks may have the fused form', () => {
    expect(checkSearchConfig({ space: { blockForm: 'fused' }, strategy: { id: 'random' } })).toEqual([]);
  });

  it.each([
    ['not an object', [1], ['(whole)']],
    ['unknown preset', { preset: 'huge' }, ['preset']],
    ['unknown option', { data: { batchsize: 3 } }, ['data.batchsize']],
    ['unknown option at the top', { dataset: 'city' }, ['dataset']],
    ['unknown strategy', { strategy: { id: 'evolve' } }, ['strategy.id']],
    ['option of another strategy', { strategy: { id: 'random', penalties: [1] } }, ['strategy.penalties']],
    ['wrong type', { data: { batchSize: '8' } }, ['data.batchSize']],
    ['fraction where a whole number is meant', { data: { batchSize: 1.5 } }, ['data.batchSize']],
    ['zero steps', { strategy: { steps: 0 } }, ['strategy.steps']],
    ['infinite learning rate', { train: { learningRate: Infinity } }, ['train.learningRate']],
    ['an unknown precision', { train: { precision: { id: 'float8' } } }, ['train.precision.id']],
    ['a loss scale that would round', { train: { precision: { id: 'float16', lossScale: 1000 } } }, ['train.precision.lossScale']],
    ['a loss scale without need', { train: { precision: { id: 'bfloat16', lossScale: 1024 } } }, ['train.precision.lossScale']],
    ['NaN penalty', { strategy: { penalties: [NaN] } }, ['strategy.penalties.0']],
    ['no penalty', { strategy: { penalties: [] } }, ['strategy.penalties']],
    ['negative penalty', { strategy: { penalties: [0.1, -1] } }, ['strategy.penalties.1']],
    ['a penalty twice', { strategy: { penalties: [0.1, 0.1] } }, ['strategy.penalties']],
    ['penalty 0 beside the reference', { strategy: { penalties: [0, 0.1] } }, ['strategy.penalties']],
    ['interval beyond the steps', { strategy: { steps: 10, intervalSteps: 11 } }, ['strategy.intervalSteps']],
    ['crop that the output stride does not divide', { data: { crop: [66, 128] } }, ['data.crop.0']],
    ['a crop that is too small', { data: { crop: [4, 16] } }, ['data.crop.0']],
    ["a crop that the network's stride does not divide", { data: { crop: [14, 9] } }, ['data.crop.0', 'data.crop.1']],
    ['unknown setting of the space', { space: { tokenz: 3 } }, ['space.tokenz']],
    ['setting of the space out of range', { space: { tokens: 0 } }, ['space.tokens']],
    ['a task without a search', { space: { task: 'classification' } }, ['space.task']],
    ['data for another task', { space: { task: 'pose' } }, ['data.kind']],
    ['shrinking of a family without factors', { preset: 'lite-hrnet', strategy: { id: 'shrink' } }, ['strategy.id']],
    ['the proxy of another system', { proxy: { id: 'frozen-backbone' } }, ['proxy.id']],
    ['another one', { space: { task: 'classification' } }, ['space.task']],
    ['a block form without factors to shrink by', { space: { blockForm: 'fused' } }, ['space.blockForm']],
    ['no classes', { space: { classes: -1 } }, ['space.classes']],
    [
      'sizes that down-sampling transformers cannot halve',
      {
        space: { downsamplingTransformer: true },
        data: { crop: [36, 64], evaluationSize: [64, 132] },
        strategy: { profileSize: [224, 225] },
      },
      ['data.crop', 'data.evaluationSize', 'strategy.profileSize'],
    ],
    ['one-cycle on an optimiser without momentum', { train: { optimizer: { id: 'sgd', momentum: 0 } } }, ['train.optimizer.momentum']],
    ['a poly schedule that would rise', { train: { schedule: { id: 'poly', floor: 0.1 }, learningRate: 0.01 } }, ['train.schedule.floor']],
    [
      'a space that is not the one of the fixed network',
      { space: { tokens: 8 }, strategy: { id: 'fixed', arch: smallest } },
      ['space.tokens'],
    ],
    ['a fixed network of another task', { strategy: { id: 'fixed', arch: hrNas.smallest({ task: 'pose' }) } }, ['data.kind']],
    ['scale upside down', { data: { scale: [2, 0.5] } }, ['data.scale']],
    ['a fixed network that is none', { strategy: { id: 'fixed' } }, ['strategy.arch']],
    [
      'a fixed network with a choice out of range',
      { strategy: { id: 'fixed', arch: { ...smallest, choices: { ...smallest.choices, 'par0.0.0.k3': 1e6 } } } },
      ['strategy.arch'],
    ],
    ['a population that the trials never exceed', { strategy: { id: 'evolution', trials: 20, population: 20 } }, ['strategy.population']],
    ['a tournament above the population', { strategy: { id: 'evolution', population: 4, tournament: 5 } }, ['strategy.tournament']],
    ['more of the best than trials', { strategy: { id: 'near-best', trials: 3, top: 4 } }, ['strategy.top']],
    ['a start that takes all trials', { strategy: { id: 'tpe', trials: 8, startupTrials: 8 } }, ['strategy.startupTrials']],
    ['more trained again than tried', { strategy: { id: 'random', trials: 2, retrain: { top: 3 } } }, ['strategy.retrain.top']],
    ['a latency limit without a device', { strategy: { id: 'random', maxLatencyMs: 5 } }, ['strategy.maxLatencyMs']],
    ['limits upside down', { strategy: { id: 'random', minMacs: 2, maxMacs: 1 } }, ['strategy.minMacs']],
    ['both kinds of decay', { train: { optimizer: { decoupledWeightDecay: 0.1 } } }, ['train.optimizer.decoupledWeightDecay']],
    ['rate warm-up with one-cycle', { train: { rateWarmupSteps: 5 } }, ['train.rateWarmupSteps']],
  ])('%s is refused with its path', (_case, value, paths) => {
    expect(pathsOf(value)).toEqual(paths);
  });

  it('an unknown option names the one that was probably meant', () => {
    const message = (value: unknown): string => checkSearchConfig(value)[0]?.message ?? '';
    expect(message({ dataset: 'city' })).toBe('is not an option here; did you mean data.dataset?');
    expect(message({ data: { batchsize: 3 } })).toBe('is not an option here; did you mean data.batchSize?');
    expect(message({ foo: 1 })).toBe('is not an option here');
    // an option of the strategy that was chosen, not of that of the preset
    expect(message({ strategy: { id: 'random', trial: 3 } })).toBe('is not an option here; did you mean strategy.trials?');
    expect(message({ strategy: { id: 'evolution', populaton: 3 } })).toBe('is not an option here; did you mean strategy.population?');
    expect(message({ strategy: { id: 'tpe', retrain: { tops: 3 } } })).toBe('is not an option here; did you mean strategy.retrain.top?');
  });

  it('all problems are reported together', () => {
    const value = { seed: -1, data: { batchSize: 0 }, train: { weightDecay: 'a' } };
    expect(pathsOf(value)).toEqual(['seed', 'data.batchSize', 'train.weightDecay']);
    expect(() => parseSearchConfig(value)).toThrow(/3 problems: seed: .*data\.batchSize: .*train\.weightDecay: /);
  });
});

describe('applySettings', () => {
  it('values are JSON where they parse, else text; later ones win', () => {
    const config = applySettings({ preset: 'demo' }, ['strategy.penalties=[0.5]', 'data.dataset=city', 'seed=1', 'seed=2']);
    expect(parseSearchConfig(config)).toMatchObject({ seed: 2, data: { dataset: 'city' }, strategy: { penalties: [0.5] } });
  });

  it('the given config is not changed', () => {
    const config = { preset: 'demo', data: { batchSize: 2 } };
    applySettings(config, ['data.batchSize=5']);
    expect(config.data.batchSize).toBe(2);
  });

  it.each(['seed', '=1', 'a..b=1', '.a=1', '__proto__.x=1'])('%j is refused', (setting) => {
    expect(() => applySettings({}, [setting])).toThrow(/expected path=value/);
  });
});
