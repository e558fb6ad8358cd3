import { describe, expect, it } from 'vitest';
import { estimate } from '../../../../engine/cost/estimate.ts';
import { rngFor } from '../../../../engine/rng.ts';
import { architectureHash } from '../../../../engine/spaces/canonical.ts';
import { drawCell } from '../../../../engine/spaces/dpc/choices.ts';
import { dpc } from '../../../../engine/spaces/dpc/dpc.ts';
import { checkSettings } from '../../../../engine/spaces/dpc/settings.ts';
import type { Architecture } from '../../../../engine/spaces/search-space.ts';
import { searchSpaceConformance } from '../../../conformance/search-space.ts';

searchSpaceConformance('dpc, MobileNet-v2', { space: dpc, settings: dpc.defaultSettings, input: [64, 129, 3] });
searchSpaceConformance('dpc, Xception-41 with decoder at output stride 8', {
  space: dpc,
  settings: { backbone: 'xception-41', outputStride: 8 },
  input: [65, 64, 3],
});
searchSpaceConformance('dpc, cell on stored features, grid pooling', {
  space: dpc,
  settings: { backbone: 'none', featureChannels: 24, filters: 16, poolMode: 'grid' },
  input: [7, 9, 24],
});
searchSpaceConformance('dpc, features with more channels than the branches', {
  space: dpc,
  settings: { backbone: 'none', featureChannels: 40, filters: 16, branches: 3 },
  input: [7, 9, 40],
});

describe('the space', () => {
  it('choices: 81 operations a branch, the features or an earlier branch as input; their product is the published size', () => {
    const choices = dpc.choices(dpc.defaultSettings);
    expect(choices.map(({ name, options }) => [name, options?.length])).toEqual([
      ['branch0.op', 81],
      ['branch1.op', 81],
      ['branch1.input', 2],
      ['branch2.op', 81],
      ['branch2.input', 3],
      ['branch3.op', 81],
      ['branch3.input', 4],
      ['branch4.op', 81],
      ['branch4.input', 5],
    ]);
    expect(choices.reduce((product, { options }) => product * options!.length, 1)).toBe(418_414_128_120);
    expect(choices[4]!.options).toEqual(['F', 'branch0', 'branch1']);
    expect(dpc.countNetworks?.(dpc.defaultSettings)).toBe(37_888_452_756n);
  });

  it('the published cell as choices (specification section 3)', () => {
    expect(Object.values(dpc.published[0]!.arch.choices)).toEqual([3, 54, 1, 18, 2, 1, 1, 24, 1]);
  });

  it('cells that differ in the order of their branches have one hash', () => {
    const [a, b] = [
      { 'branch0.op': 3, 'branch1.op': 54, 'branch1.input': 1, 'branch2.op': 24, 'branch2.input': 1 },
      { 'branch0.op': 3, 'branch1.op': 24, 'branch1.input': 1, 'branch2.op': 54, 'branch2.input': 1 },
    ].map((choices): Architecture => dpc.canonical({ space: 'dpc', version: 1, settings: { branches: 3 }, choices }));
    expect(architectureHash(a!)).toBe(architectureHash(b!));
  });

  it('largest and smallest branches are those of the specification (12.1)', () => {
    const paramsOf = (featureChannels: number, end: 'largest' | 'smallest'): number => {
      const arch = dpc[end]({ backbone: 'none', featureChannels });
      const graph = dpc.graph(arch, [9, 9, featureChannels]);
      return graph.weights
        .filter(({ kind, name }) => kind === 'weight' && /\/branch\d/.test(name))
        .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    };
    expect([2048, 320].map((channels) => paramsOf(channels, 'largest'))).toEqual([2_713_600, 424_000]);
    expect([2048, 320].map((channels) => paramsOf(channels, 'smallest'))).toEqual([786_432, 344_064]);
  });

  it('no cell of a narrow space costs more than the largest, whose branches then read one another', () => {
    const settings = { backbone: 'none', featureChannels: 4, filters: 16, branches: 3 };
    const macs = (arch: Architecture): number => estimate(dpc.graph(arch, [9, 9, 4])).macs;
    const draws = Array.from({ length: 100 }, (_, n) => macs(dpc.sample(settings, rngFor(1, n))));
    expect(Math.max(...draws)).toBeLessThanOrEqual(macs(dpc.largest(settings)));
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(macs(dpc.smallest(settings)));
  });
});

describe('random cells (specification section 7)', () => {
  const count = 20_000;
  const rng = rngFor(3, 'cells');
  const cells = Array.from({ length: count }, () => drawCell(5, rng));
  const share = (kind: string, of = cells): number => of.flat().filter((branch) => branch.operation.kind === kind).length / (5 * of.length);

  it('operations are uniform over the 81, inputs over what there is', () => {
    expect(share('conv')).toBeCloseTo(1 / 81, 2);
    expect(share('atrous')).toBeCloseTo(64 / 81, 2);
    expect(share('pool')).toBeCloseTo(16 / 81, 2);
    const readers = cells.map((cell) => cell.filter((branch) => branch.input === -1).length);
    expect(readers.reduce((a, b) => a + b, 0) / count).toBeCloseTo(137 / 60, 1);
    expect(Math.abs(readers.filter((n) => n === 5).length / count - 1 / 120)).toBeLessThan(0.003);
  });

  it('drawn by family, the three kinds are equally frequent', () => {
    const families = Array.from({ length: 5000 }, () => drawCell(5, rng, 'family'));
    for (const kind of ['conv', 'atrous', 'pool']) expect(Math.abs(share(kind, families) - 1 / 3)).toBeLessThan(0.015);
  });
});

describe('settings', () => {
  it.each<[string, Record<string, unknown>, string, RegExp]>([
    ['an unknown key', { stride: 8 }, 'settings.stride', /unknown; dpc knows backbone/],
    ['an unknown backbone', { backbone: 'resnet-50' }, 'settings.backbone', /mobilenet-v2, xception-41, xception-65, xception-71, none/],
    ['output stride 32', { outputStride: 32 }, 'settings.outputStride', /one of 8, 16/],
    ['a crop of one number', { crop: [769] }, 'settings.crop', /\[height, width\]/],
    ['no branches', { branches: 0 }, 'settings.branches', /from 1 to 8/],
    ['feature channels with a backbone', { featureChannels: 64 }, 'settings.featureChannels', /belongs to backbone 'none'/],
    ['a width of Xception', { backbone: 'xception-65', width: 0.5 }, 'settings.width', /belongs to mobilenet-v2/],
    ['a decoder without a backbone', { backbone: 'none', decoder: true }, 'settings.decoder', /needs the early features/],
    ['a pooling crop of a grid', { poolMode: 'grid', poolingCrop: [65, 65] }, 'settings.poolingCrop', /belongs to poolMode 'sliding'/],
    ['a text as pooling crop', { poolingCrop: 'all' }, 'settings.poolingCrop', /or \[\] for the input/],
  ])('%s is reported with its path', (_, settings, path, message) => {
    const problems = checkSettings(settings as Architecture['settings']);
    expect(problems.map((problem) => problem.path)).toEqual([path]);
    expect(problems[0]!.message).toMatch(message);
  });

  it('what is published is valid, also where it has no effect, and the short form leaves it out', () => {
    expect(checkSettings({ backbone: 'xception-65', width: 1, featureChannels: 320, poolingCrop: [] })).toEqual([]);
    const arch = { ...dpc.published[0]!.arch, settings: { backbone: 'xception-65', width: 1, decoder: true, crop: [513, 513] } };
    expect(dpc.canonical(arch).settings).toEqual({ backbone: 'xception-65', classes: 19, crop: [513, 513], outputStride: 16 });
  });

  it('default inputs: the crop, or the features of the crop', () => {
    expect(dpc.defaultInput(dpc.defaultSettings)).toEqual([769, 769, 3]);
    expect(dpc.defaultInput({ backbone: 'none', crop: [1025, 2049] })).toEqual([65, 129, 320]);
    expect(dpc.defaultInput({ backbone: 'none', crop: [513, 513], outputStride: 8, featureChannels: 24 })).toEqual([65, 65, 24]);
  });

  it.each<[string, Architecture['settings'], readonly number[], RegExp]>([
    ['a small image', {}, [8, 64, 3], /sides from 16 to 16384, not \[8, 64, 3\]/],
    ['features in place of an image', {}, [49, 49, 320], /\[height, width, 3\]/],
    ['an image in place of features', { backbone: 'none' }, [769, 769, 3], /\[height, width, 320\]/],
    [
      'a pooling crop larger than the input',
      { poolingCrop: [129, 65] },
      [65, 65, 3],
      /poolingCrop is 129x65, which is larger than the input 65x65/,
    ],
  ])('%s is refused', (_, settings, input, message) => {
    expect(() => dpc.graph({ ...dpc.published[1]!.arch, settings }, input)).toThrow(message);
  });
});
