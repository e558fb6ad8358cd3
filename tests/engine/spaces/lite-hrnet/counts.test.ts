import { describe, expect, it } from 'vitest';
import { findPublished } from '../../../../engine/catalog.ts';
import { estimate } from '../../../../engine/cost/estimate.ts';
import { GraphBuilder } from '../../../../engine/graph/builder.ts';
import type { Shape } from '../../../../engine/graph/model-graph.ts';
import { liteHrNetCounts } from '../../../../engine/spaces/lite-hrnet/counts.ts';
import { conditionalChannelWeighting, shuffleUnit } from '../../../../engine/spaces/lite-hrnet/graph-blocks.ts';
import { liteHrNet } from '../../../../engine/spaces/lite-hrnet/lite-hrnet.ts';

// The tables are those of the Lite-HRNet specification, section 5; all figures are exact.

const coco: Shape = [256, 192, 3];

describe('published networks', () => {
  it.each<[string, Shape, number, number, number, number, string]>([
    ['18', coco, 1_130_769, 215_202_112, 198_626_688, 242_345_088, '205.2'],
    ['30', coco, 1_763_717, 334_703_864, 309_451_488, 386_103_648, '319.2'],
    ['18-mpii', [256, 256, 3], 1_130_728, 286_710_400, 264_636_544, 322_927_744, '273.4'],
    ['naive-18', coco, 760_365, 204_217_152, 185_517_888, 211_049_088, '194.8'],
    ['wider-naive-18', coco, 1_318_625, 326_163_072, 302_331_648, 346_050_048, '311.1'],
    ['wider-naive-18-mpii', [256, 256, 3], 1_318_584, 434_716_160, 402_945_024, 461_236_224, '414.6'],
  ])('%s at %j: parameters, the repository counter, MACs once and as executed', (name, input, params, counter, macsOnce, macs, stated) => {
    const arch = findPublished(`lite-hrnet:${name}`);
    expect(liteHrNet.defaultInput(arch.settings)).toEqual(input);
    const graph = liteHrNet.graph(arch, input);
    expect(estimate(graph)).toMatchObject({ params, macs });
    expect(liteHrNetCounts(graph)).toEqual({ macsAsExecuted: macs, macsOnce, counter });
    expect(liteHrNet.officialCount?.(arch, input, macs)).toBe(counter);
    expect((counter / 2 ** 20).toFixed(1)).toBe(stated);
  });

  it.each(['18', '30'])('%s at 384x288: 2.25 times the MACs but for what does not grow with the input', (name) => {
    const [small, large] = ['', '-384x288'].map((suffix) => {
      const arch = findPublished(`lite-hrnet:${name}${suffix}`);
      return estimate(liteHrNet.graph(arch, liteHrNet.defaultInput(arch.settings)));
    });
    const atOnePosition = small!.nodes.filter(({ op, shape }) => op === 'conv2d' && shape[0] === 1 && shape[1] === 1);
    const fixed = atOnePosition.reduce((sum, node) => sum + node.macs, 0);
    expect(fixed).toBeGreaterThan(0);
    expect(large!.macs - fixed).toBe(2.25 * (small!.macs - fixed));
    expect(large!.params).toBe(small!.params);
  });

  it('parts of 18 and 30 at 256x192: parameters, MACs once, as executed, counter', () => {
    const same = {
      stem: [2_864, 20_594_688, 20_594_688, 23_543_808],
      'stage2.transition': [4_784, 7_004_160, 7_004_160, 7_802_880],
      'stage3.transition': [14_000, 2_595_840, 2_595_840, 2_718_720],
      'stage4.transition': [53_600, 2_526_720, 2_526_720, 2_588_160],
      head: [76_040, 14_361_600, 14_361_600, 15_352_320],
      final: [697, 2_088_960, 2_088_960, 2_141_184],
    };
    const rows: Record<string, Record<string, number[]>> = {
      18: {
        ...same,
        'stage2.module': [24_996, 16_285_600, 21_753_760, 18_463_736],
        'stage3.module': [287_112, 72_194_880, 94_344_000, 77_948_464],
        'stage4.module': [666_676, 60_974_240, 77_075_360, 64_642_840],
      },
      30: {
        ...same,
        'stage2.module': [37_494, 24_428_400, 32_630_640, 27_695_604],
        'stage3.module': [574_224, 144_389_760, 188_688_000, 155_896_928],
        'stage4.module': [1_000_014, 91_461_360, 115_613_040, 96_964_260],
      },
    };
    for (const [name, parts] of Object.entries(rows)) {
      const graph = liteHrNet.graph(findPublished(`lite-hrnet:${name}`), coco);
      const { nodes } = estimate(graph);
      for (const [prefix, [params, macsOnce, macsAsExecuted, counter]] of Object.entries(parts)) {
        const own = nodes.filter(({ scope }) => scope.startsWith(prefix));
        expect(
          own.reduce((sum, node) => sum + node.params, 0),
          `${name} ${prefix}`,
        ).toBe(params);
        expect(liteHrNetCounts(graph, prefix), `${name} ${prefix}`).toEqual({ macsOnce, macsAsExecuted, counter });
      }
    }
  });
});

describe('what weighting saves', () => {
  it.each([
    [16, 80.7],
    [8, 74.3],
  ])('over shuffle units on 64x64x40 and 32x32x80, ratio %i: %d percent of the MACs', (ratio, percent) => {
    const macsOf = (build: (builder: GraphBuilder) => void): number => {
      const builder = new GraphBuilder();
      build(builder);
      return estimate(builder.build([])).macs;
    };
    const branches = (builder: GraphBuilder): ReturnType<GraphBuilder['input']>[] => [
      builder.input('fine', [64, 64, 40]),
      builder.input('coarse', [32, 32, 80]),
    ];
    const weighting = macsOf((builder) => void conditionalChannelWeighting(builder, branches(builder), 'block', ratio));
    const shuffling = macsOf((builder) => branches(builder).forEach((branch, b) => shuffleUnit(builder, branch, `block${b}`)));
    expect(100 * (1 - weighting / shuffling)).toBeCloseTo(percent, 1);
  });

  it('widths 18, 36, 72, 144 squeeze to 3, 7, 16 and 2, 4, 9, 18 channels, rounded down', () => {
    const widths = [18, 36, 72, 144].map((width) => [width]);
    const arch = liteHrNet.largest({ widths, ratios: [8], maxModules: 1, maxBlocks: 1 });
    const weighted = { ...arch, choices: { ...arch.choices, 'stage2.block': 0, 'stage3.block': 0, 'stage4.block': 0 } };
    const shapes = new Map(liteHrNet.graph(weighted, [64, 64, 3]).weights.map(({ name, shape }) => [name, shape]));
    const squeezes = [0, 1, 2].map((s) => shapes.get(`backbone.stage${s}.0.layers.0.cross_resolution_weighting.conv1.conv.weight`)?.[0]);
    expect(squeezes).toEqual([3, 7, 16]);
    const gates = [0, 1, 2, 3].map((b) => shapes.get(`backbone.stage2.0.layers.0.spatial_weighting.${b}.conv1.conv.weight`)?.[0]);
    expect(gates).toEqual([2, 4, 9, 18]);
  });
});
