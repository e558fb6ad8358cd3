import { describe, expect, it } from 'vitest';
import { findPublished } from '../../../../engine/catalog.ts';
import { estimate } from '../../../../engine/cost/estimate.ts';
import type { ModelGraph } from '../../../../engine/graph/model-graph.ts';
import { elementCount } from '../../../../engine/graph/shapes.ts';
import { dpc } from '../../../../engine/spaces/dpc/dpc.ts';
import type { DpcCell, DpcOperation } from '../../../../engine/spaces/dpc/cell.ts';
import { graphCellAlone } from '../../../../engine/spaces/dpc/graph.ts';
import { publishedCell } from './published-cell.ts';

/** [kernel values, MACs] of the layers whose official names begin so. */
function partOf(graph: ModelGraph, prefix: string): [number, number] {
  const costs = estimate(graph).nodes;
  let [params, macs] = [0, 0];
  graph.nodes.forEach((node, i) => {
    const kernel = node.weights['kernel']?.name;
    if (kernel === undefined || !kernel.startsWith(prefix)) return;
    params += elementCount(graph.weights.find((spec) => spec.name === kernel)!.shape);
    macs += costs[i]!.macs;
  });
  return [params, macs];
}

type Size = readonly [height: number, width: number];

function cellGraph(cell: DpcCell, channels: number, [height, width]: Size, poolMode: 'sliding' | 'grid' = 'sliding'): ModelGraph {
  return graphCellAlone(cell, { filters: 256, outputStride: 16, poolMode, poolingCrop: [] }, [height, width, channels]);
}

const [whole, crop769, crop513]: readonly Size[] = [
  [65, 129],
  [49, 49],
  [33, 33],
];

describe('the published cell, branch by branch (specification 12.2)', () => {
  it.each<[number, Size, readonly (readonly [number, number])[], readonly [number, number]]>([
    [
      2048,
      whole!,
      [[542_720, 4_550_707_200], ...Array<readonly [number, number]>(4).fill([67_840, 568_838_400])],
      [814_080, 6_826_060_800],
    ],
    [
      2048,
      crop769!,
      [[542_720, 1_303_070_720], ...Array<readonly [number, number]>(4).fill([67_840, 162_883_840])],
      [814_080, 1_954_606_080],
    ],
    [320, whole!, [[84_800, 711_048_000], ...Array<readonly [number, number]>(4).fill([67_840, 568_838_400])], [356_160, 2_986_401_600]],
    [320, crop769!, [[84_800, 203_604_800], ...Array<readonly [number, number]>(4).fill([67_840, 162_883_840])], [356_160, 855_140_160]],
  ])('%i channels on %j', (channels, map, branches, sum) => {
    const graph = cellGraph(publishedCell('top1'), channels, map);
    expect(branches.map((_, b) => partOf(graph, `meta_architecture/branch${b}_`))).toEqual(branches);
    expect(partOf(graph, 'meta_architecture/branch')).toEqual(sum);
    const [, projection] = partOf(graph, 'meta_architecture/concat_projection');
    expect(projection).toBe(map === whole ? 2_747_596_800 : 786_759_680);
    const { params, macs } = estimate(graph);
    expect(params).toBe(channels === 2048 ? 1_150_976 : 689_600); // batch norms included
    expect(macs).toBe(sum[1] + projection);
  });
});

describe('ASPP as a cell, branch by branch (specification 12.3)', () => {
  it.each<[number, Size, readonly (readonly [number, number])[], number]>([
    [
      2048,
      whole!,
      [
        [524_288, 4_396_154_880],
        [542_720, 4_550_707_200],
        [524_288, 524_288],
      ],
      18_048_800_768,
    ],
    [
      2048,
      crop769!,
      [
        [524_288, 1_258_815_488],
        [542_720, 1_303_070_720],
        [524_288, 524_288],
      ],
      5_168_551_936,
    ],
    [
      2048,
      crop513!,
      [
        [524_288, 570_949_632],
        [542_720, 591_022_080],
        [524_288, 524_288],
      ],
      2_344_540_160,
    ],
    [
      320,
      whole!,
      [
        [81_920, 686_899_200],
        [84_800, 711_048_000],
        [81_920, 81_920],
      ],
      2_820_125_120,
    ],
    [
      320,
      crop769!,
      [
        [81_920, 196_689_920],
        [84_800, 203_604_800],
        [81_920, 81_920],
      ],
      807_586_240,
    ],
    [
      320,
      crop513!,
      [
        [81_920, 89_210_880],
        [84_800, 92_347_200],
        [81_920, 81_920],
      ],
      366_334_400,
    ],
  ])('%i channels on %j', (channels, map, [pointwise, atrous, pooled], sum) => {
    const graph = cellGraph(publishedCell('aspp'), channels, map);
    expect([0, 1, 2, 3, 4].map((b) => partOf(graph, `meta_architecture/branch${b}`))).toEqual([pointwise, atrous, atrous, atrous, pooled]);
    expect(partOf(graph, 'meta_architecture/branch')).toEqual([channels === 2048 ? 2_676_736 : 418_240, sum]);
    expect(estimate(graph).params).toBe(channels === 2048 ? 3_019_776 : 750_912);
  });
});

describe('published figures (specification 12.4)', () => {
  it('MACs of the branches are within 0.6 % of the paper; one atrous branch of three gives its parameters of ASPP', () => {
    const published: readonly (readonly [string, number, number])[] = [
      ['top1', 2048, 6.84e9],
      ['top1', 320, 3.0e9],
      ['aspp', 2048, 18.12e9],
      ['aspp', 320, 2.82e9],
    ];
    for (const [name, channels, macs] of published) {
      const [, computed] = partOf(cellGraph(publishedCell(name), channels, whole!), 'meta_architecture/branch');
      expect(Math.abs(computed / macs - 1)).toBeLessThan(0.006);
    }
    const once = (channels: number): number => {
      const [all] = partOf(cellGraph(publishedCell('aspp'), channels, whole!), 'meta_architecture/branch');
      return all - 2 * (9 * channels + 256 * channels);
    };
    expect([2048, 320].map(once)).toEqual([1_591_296, 248_640]);
  });
});

describe('pooling branches (specification 12.6)', () => {
  it.each<[Size, number, readonly number[]]>([
    [whole!, 2048, [524_288, 1_124_597_760, 2_491_940_864, 3_376_939_008]],
    [whole!, 320, [81_920, 175_718_400, 389_365_760, 527_646_720]],
    [whole!, 256, [65_536, 140_574_720, 311_492_608, 422_117_376]],
    [crop769!, 320, [81_920, 51_200_000, 112_148_480, 151_470_080]],
  ])('on %j with %i channels, grids of 1, 2, 4, 8', (map, channels, expected) => {
    const macs = (poolMode: 'sliding' | 'grid'): number[] =>
      [1, 2, 4, 8].map((g) => {
        const operation: DpcOperation = { kind: 'pool', grid: [g, g] };
        return partOf(cellGraph([{ operation, input: -1 }], channels, map, poolMode), 'meta_architecture/branch0')[1];
      });
    expect(macs('sliding')).toEqual(expected);
    expect(macs('grid')).toEqual([1, 4, 16, 64].map((cells) => cells * channels * 256));
  });
});

describe('whole networks (specification 12.5)', () => {
  it.each<[string, Size, number, readonly [number, number], number, number, number, number]>([
    ['top1-xception-71', [1025, 2049], 19, [40_090_760, 470_414_758_536], 21_185_266_608, 641_274_624, 41_608_523, 501_814_957_368],
    ['aspp-xception-65', [1025, 2049], 19, [37_682_112, 375_752_742_336], 21_185_266_608, 641_274_624, 41_054_899, 418_375_681_136],
    ['aspp-xception-65', [513, 513], 21, [37_682_112, 48_570_448_320], 2_674_009_008, 89_462_016, 41_055_413, 54_035_303_024],
    ['image-pooling', [1025, 2049], 19, [1_780_160, 19_406_250_432], 0, 40_784_640, 2_113_043, 21_233_054_912],
    ['image-pooling', [513, 513], 21, [1_780_160, 2_502_824_384], 0, 5_854_464, 2_113_557, 2_740_709_056],
    ['top1', [1025, 2049], 19, [1_780_160, 19_406_250_432], 0, 40_784_640, 2_506_195, 25_181_033_472],
  ])('%s at %j: backbone, decoder, logits and the whole', (name, [height, width], classes, backbone, decoder, logits, params, macs) => {
    const { arch } = { arch: findPublished(`dpc:${name}`) };
    const graph = dpc.graph({ ...arch, settings: { ...arch.settings, classes } }, [height, width, 3]);
    const cost = estimate(graph);
    expect(partOf(graph, name.includes('xception') ? 'xception' : 'MobilenetV2')).toEqual(backbone);
    expect(partOf(graph, 'decoder')[1]).toBe(decoder);
    expect(partOf(graph, 'logits')[1]).toBe(logits);
    expect([cost.params, cost.macs]).toEqual([params, macs]);
  });

  it('the decoder on Cityscapes, layer by layer', () => {
    const graph = dpc.graph(findPublished('dpc:top1-xception-71'), [1025, 2049, 3]);
    const layers = [
      'feature_projection0',
      'decoder_conv0_depthwise',
      'decoder_conv0_pointwise',
      'decoder_conv1_depthwise',
      'decoder_conv1_pointwise',
    ];
    expect(layers.map((layer) => partOf(graph, `decoder/${layer}`))).toEqual([
      [12_288, 1_620_062_208],
      [2_736, 360_716_976],
      [77_824, 10_260_393_984],
      [2_304, 303_761_664],
      [65_536, 8_640_331_776],
    ]);
  });

  it.each<[number, Size, Size]>([
    [16, [513, 513], [33, 33]],
    [16, [769, 769], [49, 49]],
    [16, [1025, 2049], [65, 129]],
    [8, [513, 513], [65, 65]],
    [8, [769, 769], [97, 97]],
    [8, [1025, 2049], [129, 257]],
  ])(
    'at output stride %i and crop %j the cell works on %j, its parameters and MACs a pixel the same',
    (outputStride, [height, width], map) => {
      const kernels = { top1: 356_160 + 327_680, aspp: 418_240 + 327_680 };
      for (const [name, values] of Object.entries(kernels)) {
        const arch = findPublished(`dpc:${name}`);
        const graph = dpc.graph({ ...arch, settings: { ...arch.settings, outputStride } }, [height, width, 3]);
        const [params, macs] = partOf(graph, 'meta_architecture');
        expect(params).toBe(values);
        const pooled = name === 'aspp' ? 81_920 : 0; // one value a channel, wherever the map ends
        expect(macs).toBe(map[0] * map[1] * (values - pooled) + pooled);
        expect(partOf(graph, 'MobilenetV2')[0]).toBe(1_780_160);
      }
    },
  );

  it('the backbone with its batch norms', () => {
    const graph = dpc.graph(findPublished('dpc:top1'), [65, 65, 3]);
    const learned = graph.weights.filter(({ name, kind }) => name.startsWith('MobilenetV2') && !kind.startsWith('running'));
    expect(learned.reduce((sum, { shape }) => sum + elementCount(shape), 0)).toBe(1_811_712);
  });
});

describe('a small cell (specification 12.7)', () => {
  it('1x1 on F, (1, 3) on it, (1, 2) pooling on that, 5 channels', () => {
    const cell: DpcCell = [
      { operation: { kind: 'conv' }, input: -1 },
      { operation: { kind: 'atrous', rate: [1, 3] }, input: 0 },
      { operation: { kind: 'pool', grid: [1, 2] }, input: 1 },
    ];
    const graph = cellGraph(cell, 5, crop513!);
    expect([0, 1, 2].map((b) => partOf(graph, `meta_architecture/branch${b}`)[0])).toEqual([1_280, 67_840, 65_536]);
    expect(partOf(graph, 'meta_architecture/concat_projection')[0]).toBe(196_608);
  });
});
