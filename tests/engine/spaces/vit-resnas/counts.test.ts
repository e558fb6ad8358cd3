import { describe, expect, it } from 'vitest';
import { findPublished } from '../../../../engine/catalog.ts';
import { estimate, type GraphCost, type NodeCost } from '../../../../engine/cost/estimate.ts';
import { rngFor } from '../../../../engine/rng.ts';
import { countNetworks, networkOf } from '../../../../engine/spaces/vit-resnas/choices.ts';
import { graphVitNetwork } from '../../../../engine/spaces/vit-resnas/graph.ts';
import { parseNetworkDef } from '../../../../engine/spaces/vit-resnas/network-def.ts';
import { officialEstimate } from '../../../../engine/spaces/vit-resnas/official-estimate.ts';
import { withDefaults } from '../../../../engine/spaces/vit-resnas/settings.ts';
import { vitResNas } from '../../../../engine/spaces/vit-resnas/vit-resnas.ts';
import type { Architecture } from '../../../../engine/spaces/search-space.ts';
import { countByFormula } from './formulas.ts';
import { smallSettings } from './small-space.ts';

function costOf(arch: Architecture, side: number, settings: Architecture['settings'] = {}): GraphCost {
  return estimate(vitResNas.graph({ ...arch, settings: { ...arch.settings, ...settings } }, [side, side, 3]));
}

/** [parameters, MACs] of the nodes that `belongs` names. */
function sumOf({ nodes }: GraphCost, belongs: (node: NodeCost) => boolean): [number, number] {
  const chosen = nodes.filter(belongs);
  return [chosen.reduce((sum, node) => sum + node.params, 0), chosen.reduce((sum, node) => sum + node.macs, 0)];
}

const inScope =
  (scope: string) =>
  (node: NodeCost): boolean =>
    node.scope === scope || node.scope.startsWith(`${scope}.`);

/** Specification 9.2, in its order. */
const parts: readonly (readonly [string, (node: NodeCost) => boolean])[] = [
  ['stem', inScope('stem')],
  ['class token and positions', inScope('embedding')],
  ['stage 1', inScope('stage0')],
  ['reduction 1', inScope('reduction0')],
  ['stage 2', inScope('stage1')],
  ['reduction 2', inScope('reduction1')],
  ['stage 3', inScope('stage2')],
  ['final norm', (node) => node.scope === 'head' && node.op === 'layer-norm'],
  ['class head', (node) => node.scope === 'head' && node.op === 'linear'],
];

describe('published networks at 224 px, 1000 classes (specification 9.2)', () => {
  it.each<[string, readonly (readonly [number, number])[], number, number, number]>([
    [
      'tiny',
      [
        [218_312, 191_170_560],
        [45_408, 0],
        [1_519_488, 459_770_944],
        [643_104, 35_746_304],
        [9_174_624, 616_416_320],
        [2_491_456, 35_932_160],
        [25_994_752, 442_889_984],
        [1_408, 0],
        [705_000, 704_000],
      ],
      40_793_552,
      1_782_630_272,
      41_498_552,
    ],
    [
      'small',
      [
        [270_100, 204_417_024],
        [56_760, 0],
        [2_993_632, 900_593_792],
        [997_480, 55_853_600],
        [14_030_336, 935_667_200],
        [3_888_720, 56_144_000],
        [40_604_320, 691_946_240],
        [1_760, 0],
        [881_000, 880_000],
      ],
      63_724_108,
      2_845_501_856,
      64_605_108,
    ],
    [
      'res-tiny',
      [
        [237_144, 195_987_456],
        [49_536, 0],
        [1_779_456, 556_205_568],
        [763_008, 42_541_056],
        [7_097_856, 473_041_920],
        [2_963_712, 42_762_240],
        [28_351_488, 483_072_000],
        [1_536, 0],
        [769_000, 768_000],
      ],
      42_012_736,
      1_794_378_240,
      42_781_736,
    ],
  ])('%s: every part, inference and training model', (name, figures, params, macs, trainingParams) => {
    const arch = findPublished(`vit-resnas:${name}`);
    const cost = costOf(arch, 224);
    expect(Object.fromEntries(parts.map(([part, belongs]) => [part, sumOf(cost, belongs)]))).toEqual(
      Object.fromEntries(parts.map(([part], i) => [part, figures[i]])),
    );
    expect(cost).toMatchObject({ params: trainingParams, macs });
    expect(costOf(arch, 224, { head: 'class' })).toMatchObject({ params, macs });
  });

  it.each([
    ['tiny', 95_465_344],
    ['small', 163_816_192],
    ['res-tiny', 116_206_080],
  ])('%s: share of the attention products', (name, products) => {
    const cost = costOf(findPublished(`vit-resnas:${name}`), 224);
    expect(sumOf(cost, (node) => node.op === 'scaled-dot-product-attention')[1]).toBe(products);
  });

  it('the deleted blocks of small still present with exists 0 change nothing', () => {
    const arch = findPublished('vit-resnas:small');
    const def = vitResNas.exportOfficial(arch) as { network_def: unknown[] } | unknown[];
    expect(Array.isArray(def) ? def.length : 0).toBe(25);
    expect(costOf(vitResNas.importOfficial(def), 224, { head: 'class' })).toMatchObject({ params: 63_724_108, macs: 2_845_501_856 });
  });
});

describe('single blocks (specification 9.3)', () => {
  it.each<[string, string, string, [number, number], [number, number]]>([
    ['tiny', 'stage0.block0', 'blocks.0', [68_400, 30_050_496], [249_040, 63_686_656]],
    ['tiny', 'stage1.block0', 'blocks.6', [678_336, 47_985_600], [993_696, 64_430_080]],
    ['tiny', 'stage2.block0', 'blocks.13', [1_806_272, 31_008_000], [3_609_152, 61_276_160]],
    ['small', 'stage0.block2', 'blocks.2', [198_452, 80_249_792], [353_460, 90_464_000]],
    ['small', 'stage2.block0', 'blocks.14', [3_610_192, 61_868_032], [5_637_840, 95_744_000]],
  ])('%s %s', (name, scope, prefix, attention, feedForward) => {
    const graph = vitResNas.graph(findPublished(`vit-resnas:${name}`), [224, 224, 3]);
    const own = graph.nodes.filter((node) => node.scope === scope);
    expect(own[0]?.weights['gamma']?.name).toBe(`${prefix}.norm1.weight`);
    const second = own.findIndex((node) => node.weights['gamma']?.name === `${prefix}.norm2.weight`);
    const cost = estimate(graph);
    const half = (nodes: readonly { id: string }[]): [number, number] => sumOf(cost, ({ id }) => nodes.some((node) => node.id === id));
    expect([half(own.slice(0, second)), half(own.slice(second))]).toEqual([attention, feedForward]);
  });
});

describe('super-networks and spaces (specification 9.4)', () => {
  it.each([
    ['tiny', 84_814_464, 85_839_464, 3_497_553_920],
    ['small', 155_318_528, 156_599_528, 6_260_342_784],
  ])('largest of %s', (space, params, trainingParams, macs) => {
    expect(costOf(vitResNas.largest({ space }), 224)).toMatchObject({ params: trainingParams, macs });
    expect(costOf(vitResNas.largest({ space, head: 'class' }), 224)).toMatchObject({ params, macs });
  });

  it('largest of tiny by stage, and its smallest', () => {
    const cost = costOf(vitResNas.largest({ space: 'tiny' }), 224);
    expect([0, 1, 2].map((s) => sumOf(cost, inScope(`stage${s}`)))).toEqual([
      [3_556_224, 1_061_685_504],
      [16_553_088, 1_102_682_880],
      [56_692_224, 965_256_192],
    ]);
    expect(costOf(vitResNas.smallest({ space: 'tiny', head: 'class' }), 224)).toMatchObject({ params: 15_492_576, macs: 752_489_984 });
  });

  it('numbers of different networks', () => {
    expect(countNetworks(withDefaults({ space: 'tiny' }))).toBe(19_182_900_589_423_791_619_538_944_000n);
    expect(countNetworks(withDefaults({ space: 'small' }))).toBe(5n ** 3n * 28n ** 12n * 29n ** 9n);
    expect(countNetworks(withDefaults({ space: 'res-tiny' }))).toBe(1n);
  });

  it.each([
    ['tiny', 1.703e9, 2.3e8],
    ['small', 3.178e9, 4.1e8],
  ])('MACs of uniform samples of %s: mean and standard deviation', (space, mean, deviation) => {
    const draws = 1500;
    const settings = withDefaults({ space });
    const macs = Array.from({ length: draws }, (_, i) => {
      return countByFormula(networkOf(vitResNas.sample({ space }, rngFor(5, 'sample', i)), settings), 224).macs;
    });
    const found = macs.reduce((a, b) => a + b, 0) / draws;
    const spread = Math.sqrt(macs.reduce((sum, value) => sum + (value - found) ** 2, 0) / draws);
    expect(Math.abs(found - mean)).toBeLessThan((4 * deviation) / Math.sqrt(draws)); // four standard errors
    expect(Math.abs(spread / deviation - 1)).toBeLessThan(0.1);
  });
});

describe('other class counts and resolutions (specification 9.5)', () => {
  const published = (name: string): Architecture => findPublished(`vit-resnas:${name}`);

  it.each([
    ['tiny', 100, 40_159_052, 40_229_552, 1_781_996_672],
    ['tiny', 10, 40_095_602, 40_102_652, 1_781_933_312],
    ['small', 100, 62_931_208, 63_019_308, 2_844_709_856],
    ['small', 10, 62_851_918, 62_860_728, 2_844_630_656],
  ])('%s of %i classes', (name, classes, params, trainingParams, macs) => {
    expect(costOf(published(name), 224, { classes })).toMatchObject({ params: trainingParams, macs });
    expect(costOf(published(name), 224, { classes, head: 'class' })).toMatchObject({ params, macs });
  });

  it.each([
    ['tiny', 112, 40_734_416, 456_249_728],
    ['tiny', 168, 40_759_056, 996_050_688],
    ['small', 112, 63_650_188, 725_239_712],
    ['small', 168, 63_680_988, 1_586_577_952],
  ])('%s at %i px', (name, side, params, macs) => {
    expect(costOf(published(name), side, { head: 'class' })).toMatchObject({ params, macs });
  });

  it.each([
    [192, 3, 5_717_416, 1_253_683_200],
    [384, 6, 22_050_664, 4_598_882_304],
    [768, 12, 86_567_656, 17_563_828_224],
  ])('DeiT of width %i: one stage, patches of 16 px', (width, heads, params, macs) => {
    const block = [1, [width, heads, 64], [width, 4 * width], 1];
    const noted = parseNetworkDef([[0, width], ...Array<unknown>(12).fill(block), [2, width, 1000]]);
    const graph = graphVitNetwork({ ...noted, head: 'class', dropPath: 0 }, [224, 224, 3], 'inference');
    expect(estimate(graph)).toMatchObject({ params, macs });
  });

  it('the official estimator agrees at 224 px and always counts the stem convolutions at 112x112', () => {
    const tiny = published('tiny');
    const network = networkOf(tiny, withDefaults(tiny.settings));
    const figures = [112, 224, 392].map((side) => officialEstimate(costOf(tiny, side).macs, network, [side, side, 3]));
    const excess = (27 * 24 + 18 * 24 * 24) * (112 ** 2 - 56 ** 2);
    expect(figures.slice(0, 2)).toEqual([456_249_728 + excess, 1_782_630_272]);
    expect(figures[2]).toBeLessThan(costOf(tiny, 392).macs);
  });
});

describe('formulas (specification 9.1)', () => {
  it.each([224, 280, 336, 392])('medium at %i px', (side) => {
    const arch = findPublished('vit-resnas:medium');
    const { params, macs } = countByFormula(networkOf(arch, withDefaults(arch.settings)), side);
    expect(costOf(arch, side)).toMatchObject({ params, macs });
  });

  it('samples of all spaces', () => {
    for (const [settings, side] of [
      [{ space: 'tiny' }, 168],
      [{ space: 'small' }, 112],
      [smallSettings, 24],
    ] as const) {
      for (let i = 0; i < 4; i++) {
        const arch = vitResNas.sample(settings, rngFor(9, 'sample', i));
        expect(costOf(arch, side)).toMatchObject(countByFormula(networkOf(arch, withDefaults(settings)), side));
      }
    }
  });
});
