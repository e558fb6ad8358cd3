import { describe, expect, it } from 'vitest';
import { describeBackend } from '../../../engine/backend/descriptions.ts';
import { parseSearchConfig } from '../../../engine/search/config.ts';
import { checkClasses, checkMemory, trainingBytes } from '../../../engine/search/start-checks.ts';
import { hrNas } from '../../../engine/spaces/hr-nas/hr-nas.ts';

const wasm = describeBackend('wasm');

describe('checkClasses', () => {
  const city = { name: 'city', task: 'segmentation', classes: 19 };

  it('as many as the data set has, written or by default', () => {
    checkClasses(parseSearchConfig({ preset: 'demo' }), city);
    checkClasses(parseSearchConfig({ preset: 'demo', space: { classes: 19 } }), city);
  });

  it.each([
    ['fewer', { space: { classes: 7 } }, /has 7 classes, .*'city' has 19/],
    ['more', { space: { classes: 20 } }, /has 20 classes/],
    ['a fixed network with others', { strategy: { id: 'fixed', arch: hrNas.smallest({ classes: 4 }) } }, /has 4 classes/],
  ])('%s are refused', (_case, change, message) => {
    const config = parseSearchConfig({ preset: 'demo', ...change });
    expect(() => checkClasses(config, city)).toThrow(
      expect.objectContaining({ code: 'classes-differ', message: expect.stringMatching(message), tip: expect.any(String) }),
    );
  });

  const people = { name: 'people', task: 'keypoints', classes: 1 };

  it.each(['hrnas-pose-demo', 'lite-hrnet-demo'])('%s: the joints are counted, not the one class of persons', (preset) => {
    checkClasses(parseSearchConfig({ preset }), people);
  });

  it.each([
    ['hrnas-pose', { classes: 16 }, /^space\.classes: the network has 16 joints, .*'people' has 17\.$/],
    ['lite-hrnet', { head: 'mpii' }, /^space\.joints: the network has 16 joints/],
  ])('%s with other joints is refused', (preset, space, message) => {
    const config = parseSearchConfig({ preset, space: { ...parseSearchConfig({ preset }).space, ...space } });
    expect(() => checkClasses(config, people)).toThrow(
      expect.objectContaining({ code: 'classes-differ', message: expect.stringMatching(message) }),
    );
  });

  it.each([
    ['demo', people, /for segmentation, the data set 'people' is for keypoints/],
    ['lite-hrnet-demo', city, /for keypoints, the data set 'city' is for segmentation/],
  ])('%s on a data set for another task is refused', (preset, dataset, message) => {
    expect(() => checkClasses(parseSearchConfig({ preset }), dataset)).toThrow(
      expect.objectContaining({ code: 'task-differs', message: expect.stringMatching(message) }),
    );
  });
});

describe('slow: checkMemory', () => {
  it('the demo fits; what has no limit takes anything', () => {
    checkMemory(parseSearchConfig({ preset: 'demo' }), wasm);
    checkMemory(parseSearchConfig({ preset: 'paper' }), describeBackend('cpu'));
  });

  it('desktop is refused on wasm with a batch and accumulation that make as many images, and these fit', () => {
    const config = parseSearchConfig({ preset: 'desktop' });
    expect(() => checkMemory(config, wasm)).toThrow(
      expect.objectContaining({
        code: 'batch-too-large',
        message: expect.stringMatching(
          /^data\.batchSize: .*4 images of 256x512 .* 'wasm' has 4\.3 GB\. The largest batch that fits is 2\.$/,
        ),
        tip: expect.stringContaining('data.batchSize=2 with train.accumulate=8'),
      }),
    );
    checkMemory(parseSearchConfig({ preset: 'desktop', data: { batchSize: 2 }, train: { accumulate: 8 } }), wasm);
  });

  it('paper: not even one image fits', () => {
    expect(() => checkMemory(parseSearchConfig({ preset: 'paper' }), wasm)).toThrow(
      expect.objectContaining({
        code: 'batch-too-large',
        message: expect.stringContaining('Not even one image'),
        tip: expect.stringContaining('data.crop'),
      }),
    );
  });

  it('exactly the limit fits, a byte less does not', () => {
    const config = parseSearchConfig({ preset: 'demo' });
    const memoryLimit = trainingBytes(config, config.data.batchSize);
    checkMemory(config, { id: 'small', memoryLimit });
    expect(() => checkMemory(config, { id: 'small', memoryLimit: memoryLimit - 1 })).toThrow(/largest batch that fits is 3/);
  });

  it('random networks may be as small as the smallest, a fixed one is what it is', () => {
    const bytes = (strategy: object): number => trainingBytes(parseSearchConfig({ preset: 'demo', strategy }), 4);
    const [random, small, large] = [
      { id: 'random' },
      { id: 'fixed', arch: hrNas.smallest({}) },
      { id: 'fixed', arch: hrNas.largest({}) },
    ].map(bytes);
    expect(random).toBeLessThan(small!);
    expect(small).toBeLessThan(large!);
  });
});
