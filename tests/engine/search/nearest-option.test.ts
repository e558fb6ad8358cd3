import { describe, expect, it } from 'vitest';
import { nearestOption, optionPaths } from '../../../engine/search/nearest-option.ts';

const known = optionPaths({
  seed: 1,
  data: { dataset: '', batchSize: 8, crop: [64, 128] },
  train: { optimizer: { id: 'sgd', momentum: 0.9 }, batchSizes: 1 },
});

describe('nearestOption', () => {
  it('paths of values and groups, arrays as one value', () => {
    expect(known).toEqual([
      'seed',
      'data',
      'data.dataset',
      'data.batchSize',
      'data.crop',
      'train',
      'train.optimizer',
      'train.optimizer.id',
      'train.optimizer.momentum',
      'train.batchSizes',
    ]);
  });

  it.each([
    ['of another group', 'dataset', 'data.dataset'],
    ['other capitals', 'data.batchsize', 'data.batchSize'],
    ['the beginning', 'data.batch', 'data.batchSize'],
    ['two letters changed', 'train.optimizer.momemtun', 'train.optimizer.momentum'],
    ['a group', 'optimiser', 'train.optimizer'],
    ['the same group wins', 'train.batchSizez', 'train.batchSizes'],
    ['nothing like it', 'data.colour', undefined],
    ['a short word is not guessed', 'xd', undefined],
  ])('%s: %s -> %s', (_case, unknown, expected) => {
    expect(nearestOption(unknown, known)).toBe(expected);
  });
});
