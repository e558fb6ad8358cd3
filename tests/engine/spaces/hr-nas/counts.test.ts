import { describe, expect, it } from 'vitest';
import { estimate } from '../../../../engine/cost/estimate.ts';
import { isLearned, type Shape } from '../../../../engine/graph/model-graph.ts';
import { hrNas } from '../../../../engine/spaces/hr-nas/hr-nas.ts';
import { atomMacs, profiledTransformerMacs, transformerMacs } from '../../../../engine/spaces/hr-nas/penalties.ts';
import { blocks, blockSizes } from '../../../../engine/spaces/hr-nas/blocks.ts';
import { withDefaults } from '../../../../engine/spaces/hr-nas/settings.ts';
import type { Architecture } from '../../../../engine/spaces/search-space.ts';

// The tables are those of the HR-NAS specification, sections 11.1 to 11.5; all figures are exact.

const cityscapes = { task: 'segmentation', transformer: false };
const square: Shape = [224, 224, 3];
const wide: Shape = [512, 1024, 3];

function published(name: string): Architecture {
  return hrNas.published.find((entry) => entry.name === `hr-nas:${name}`)!.arch;
}

function costOf(arch: Architecture, input: Shape): { params: number; macs: number } {
  const { params, macs } = estimate(hrNas.graph(arch, input));
  return { params, macs };
}

describe('supernets', () => {
  it.each<[string, Architecture['settings'], Shape, number, number]>([
    ['classification', { task: 'classification', transformer: false }, square, 13_243_868, 2_422_799_760],
    ['Cityscapes', cityscapes, square, 10_110_235, 5_917_958_928],
    ['Cityscapes', cityscapes, wide, 10_110_235, 61_836_632_064],
    ['Cityscapes', cityscapes, [1024, 2048, 3], 10_110_235, 247_346_528_256],
    ['pose', { task: 'pose', transformer: false }, square, 10_110_053, 5_917_394_448],
    ['pose', { task: 'pose', transformer: false }, [256, 192, 3], 10_110_053, 5_796_631_296],
    ['classification with 44 transformers', { task: 'classification' }, square, 15_975_472, 2_630_073_744],
    ['Cityscapes with 44 transformers', { task: 'segmentation' }, square, 12_841_839, 6_125_232_912],
    ['Cityscapes with 44 transformers', { task: 'segmentation' }, wide, 12_841_839, 62_043_906_048],
    ['Cityscapes with 61 transformers', { task: 'segmentation', downsamplingTransformer: true }, square, 13_887_971, 6_204_736_272],
  ])('%s, %o at %o: parameters and MACs', (_, settings, input, params, macs) => {
    expect(costOf(hrNas.largest(settings), input)).toEqual({ params, macs });
  });

  it.each<[string, Architecture['settings'], number]>([
    ['classification', { task: 'classification', transformer: false }, 13_039_360],
    ['Cityscapes', cityscapes, 9_923_059],
    ['pose', { task: 'pose', transformer: false }, 9_922_877],
  ])('%s: parameters of convolutions and linear layers alone', (_, settings, expected) => {
    const { weights } = hrNas.graph(hrNas.largest(settings), square);
    const counted = weights.filter((spec) => spec.kind === 'weight' || spec.kind === 'bias');
    expect(counted.reduce((sum, spec) => sum + spec.shape.reduce((a, b) => a * b, 1), 0)).toBe(expected);
  });

  it('modules at three sizes: parameters and MACs', () => {
    const rows: [prefix: string, params: number, at224: number, at512x1024: number, at256x192: number][] = [
      ['stem', 5_928, 24_385_536, 254_803_968, 23_887_872],
      ['fuse0.', 22_992, 68_339_712, 714_080_256, 66_945_024],
      ['par0.', 22_992, 68_339_712, 714_080_256, 66_945_024],
      ['fuse1.', 39_936, 86_149_056, 900_169_728, 84_390_912],
      ['par1.', 119_016, 153_764_352, 1_606_680_576, 150_626_304],
      ['fuse2.', 175_752, 148_218_336, 1_548_730_368, 145_193_472],
      ['par2.', 574_776, 240_976_512, 2_517_958_656, 236_058_624],
      ['fuse3.', 662_904, 219_745_008, 2_296_111_104, 215_260_416],
      ['par3.', 2_785_464, 347_889_024, 3_635_085_312, 340_789_248],
      ['par4.', 2_785_464, 347_889_024, 3_635_085_312, 340_789_248],
      ['fuse4.', 1_643_832, 267_111_936, 2_791_047_168, 261_660_672],
      ['transform', 1_269_450, 3_939_788_160, 41_166_766_080, 3_859_384_320],
    ];
    const arch = hrNas.largest(cityscapes);
    const costs = [square, wide, [256, 192, 3]].map((input) => estimate(hrNas.graph(arch, input)).nodes);
    for (const [prefix, params, ...macs] of rows) {
      const sums = costs.map((nodes) => nodes.filter((node) => node.scope.startsWith(prefix)));
      expect(
        sums[0]!.reduce((sum, node) => sum + node.params, 0),
        prefix,
      ).toBe(params);
      expect(
        sums.map((nodes) => nodes.reduce((sum, node) => sum + node.macs, 0)),
        prefix,
      ).toEqual(macs);
    }
  });
});

describe('blocks', () => {
  const classification = hrNas.largest({ task: 'classification', transformer: false });
  const segmentation = hrNas.largest(cityscapes);

  it.each<[string, Architecture, number, number, readonly number[]]>([
    ['fuse0.0.0', segmentation, 22_992, 68_339_712, [178_752, 228_928, 304_192]],
    ['fuse1.0.0', segmentation, 21_324, 63_146_496, [159_936, 210_112, 285_376]],
    ['par1.0.0', segmentation, 14_652, 43_126_272, [141_120, 191_296, 266_560]],
    ['fuse2.1.0', segmentation, 18_612, 23_002_560, [91_728, 104_272, 123_088]],
    ['par1.1.1', segmentation, 44_856, 33_755_904, [63_504, 76_048, 94_864]],
    ['fuse2.0.1', segmentation, 37_080, 27_687_744, [49_392, 61_936, 80_752]],
    ['fuse2.new2', segmentation, 60_552, 20_645_856, [44_100, 47_236, 51_940]],
    ['par2.2.0', segmentation, 151_920, 29_070_720, [29_988, 33_124, 37_828]],
    ['fuse3.1.2', segmentation, 120_816, 22_988_448, [22_932, 26_068, 30_772]],
    ['fuse3.new3', segmentation, 214_416, 19_467_504, [21_609, 22_393, 23_569]],
    ['par4.3.3', segmentation, 552_672, 26_728_128, [14_553, 15_337, 16_513]],
    ['fuse4.2.3', segmentation, 428_256, 20_638_800, [11_025, 11_809, 12_985]],
    ['incre0', classification, 18_612, 55_431_936, []],
    ['incre2', classification, 214_416, 41_291_712, []],
    ['down1', classification, 214_416, 77_870_016, []],
    ['transform', segmentation, 1_269_450, 3_939_788_160, [1_157_184, 1_207_360, 1_282_624]],
  ])('%s at full width: parameters, MACs and the cost of one atom of each kernel', (name, arch, params, macs, atoms) => {
    const nodes = estimate(hrNas.graph(arch, square)).nodes.filter((node) => node.scope === name || node.scope.startsWith(`${name}.`));
    expect(nodes.reduce((sum, node) => sum + node.params, 0)).toBe(params);
    expect(nodes.reduce((sum, node) => sum + node.macs, 0)).toBe(macs);
    const block = blocks(arch).find((entry) => entry.name === name)!;
    const sizes = blockSizes(withDefaults(arch.settings), block, [224, 224]);
    if (atoms.length > 0) expect(block.kernels.map(({ kernel }) => atomMacs(block, kernel, sizes))).toEqual(atoms);
  });

  it.each<[number, readonly number[], readonly number[], readonly number[]]>([
    [18, [56_356, 53_028, 50_532], [4_349_952, 1_912_832, 429_056], [1_728_768, 733_312, 158_752]],
    [24, [57_136, 53_424, 50_640], [4_399_104, 1_937_408, 435_200], [1_777_920, 757_888, 164_896]],
    [72, [63_376, 56_592, 51_504], [4_792_320, 2_134_016, 484_352], [2_171_136, 954_496, 214_048]],
  ])(
    'transformer of %i channels with 64, 32 and 8 tokens: parameters, true MACs, MACs of the released profiler',
    (channels, params, macs, profiled) => {
      const block = blocks(hrNas.largest({ task: 'segmentation' })).find((entry) => entry.hasResidual && entry.cIn === channels)!;
      [64, 32, 8].forEach((tokens, i) => {
        const arch = { ...hrNas.largest({ task: 'segmentation' }) };
        const nodes = estimate(
          hrNas.graph({ ...arch, choices: { ...arch.choices, [`${block.name}.tokens`]: tokens } }, square),
        ).nodes.filter((node) => node.scope.startsWith(`${block.name}.transformer`));
        expect(nodes.reduce((sum, node) => sum + node.params, 0)).toBe(params[i]);
        expect(nodes.reduce((sum, node) => sum + node.macs, 0)).toBe(macs[i]);
        expect(transformerMacs(channels, channels, tokens)).toBe(macs[i]);
        expect(profiledTransformerMacs(channels, channels, tokens)).toBe(profiled[i]);
      });
    },
  );
});

describe('published networks', () => {
  it.each([
    ['cs1', 3_599, 44, 200],
    ['cs2', 3_635, 44, 532],
    ['cs3', 4_289, 44, 664],
    ['cs4', 4_237, 44, 545],
    ['cs5', 4_225, 61, 1_002],
    ['in', 6_662, 0, 0],
  ])('%s: %i atoms, %i transformer sites, %i tokens', (name, atoms, sites, tokens) => {
    const list = blocks(published(name));
    expect(list.flatMap((block) => block.kernels).reduce((sum, path) => sum + path.hidden, 0)).toBe(atoms);
    expect(list.filter((block) => block.maxTokens > 0)).toHaveLength(sites);
    expect(list.reduce((sum, block) => sum + block.tokens, 0)).toBe(tokens);
    expect(hrNas.check(published(name))).toEqual([]);
  });

  it('cs2 and cs3 at 512x1024: parameters and MACs, with and without transformers', () => {
    expect(costOf(published('cs2'), wide)).toEqual({ params: 2_183_176, macs: 1_584_935_424 });
    expect(costOf(published('cs3'), wide)).toEqual({ params: 2_743_110, macs: 1_844_757_504 });
    const convolutionsOnly = (name: string): Architecture => {
      const arch = published(name);
      const choices = Object.fromEntries(Object.entries(arch.choices).filter(([choice]) => !choice.endsWith('.tokens')));
      return { ...arch, settings: { ...arch.settings, transformer: false }, choices };
    };
    expect(costOf(convolutionsOnly('cs2'), wide)).toEqual({ params: 937_224, macs: 1_547_166_720 });
    expect(costOf(convolutionsOnly('cs3'), wide)).toEqual({ params: 1_085_374, macs: 1_799_842_304 });
  });

  it('in: with squeeze and excitation, without, and in search form', () => {
    const arch = published('in');
    const with_ = (settings: Architecture['settings']): Architecture => ({ ...arch, settings: { ...arch.settings, ...settings } });
    expect(costOf(arch, square)).toEqual({ params: 4_600_000, macs: 259_930_681 });
    expect(costOf(with_({ seRatio: 0 }), square)).toEqual({ params: 3_893_684, macs: 259_232_935 });
    expect(costOf(with_({ blockForm: 'search' }), square)).toEqual({ params: 3_894_152, macs: 259_232_935 });
  });

  it('a block without any atom keeps its unused norm in search form: registered, counted, never run', () => {
    const graph = hrNas.graph(published('cs1'), square);
    const idle = graph.weights.filter((spec) => !spec.isRun && isLearned(spec.kind)).map((spec) => spec.name);
    // par3.0.0 and par3.0.1 are dead in cs1.
    expect(idle).toEqual([
      'features.7.branches.0.0.pw_bn.weight',
      'features.7.branches.0.0.pw_bn.bias',
      'features.7.branches.0.1.pw_bn.weight',
      'features.7.branches.0.1.pw_bn.bias',
    ]);
  });
});
