import { describe, expect, it } from 'vitest';
import { findPublished } from '../../../../engine/catalog.ts';
import type { ModelGraph, WeightSpec } from '../../../../engine/graph/model-graph.ts';
import { initialValues } from '../../../../engine/run/initial-values.ts';
import { vitResNas } from '../../../../engine/spaces/vit-resnas/vit-resnas.ts';
import { smallInput, smallSettings } from './small-space.ts';

const rates = ({ nodes }: ModelGraph): [string, number][] =>
  nodes.filter(({ id }) => id.includes('drop-path')).map(({ scope, attrs }) => [scope, Number((attrs['rate'] as number).toFixed(6))]);

describe('drop path', () => {
  const arch = vitResNas.largest(smallSettings);

  it('rises from 0 to the rate of the last block, the same for both branches of a block', () => {
    expect(rates(vitResNas.graph(arch, smallInput))).toEqual(
      [
        ['stage0.block1', 0.0625],
        ['stage0.block2', 0.125],
        ['stage1.block0', 0.1875],
        ['stage1.block1', 0.25],
      ].flatMap((rate) => [rate, rate]),
    );
  });

  it('blocks that are left out keep their place on the ramp of the super-network, not on that of the network alone', () => {
    const left = { ...arch, choices: { ...arch.choices, 'stage0.block1.exists': 0 } };
    const last = (graph: ModelGraph): number[] =>
      rates(graph)
        .map(([, rate]) => rate)
        .filter((_, i) => i % 2 === 0);
    expect(last(vitResNas.shared!.graph(left, smallInput))).toEqual([0.125, 0.1875, 0.25]);
    expect(last(vitResNas.graph(left, smallInput))).toEqual([0.083333, 0.166667, 0.25]);
  });
});

describe('shapes', () => {
  it('tokens of the published network at 224 px: 257, 65 and 17', () => {
    const { nodes, modules } = vitResNas.graph(findPublished('vit-resnas:tiny'), [224, 224, 3]);
    const shapeOf = (module: string): readonly number[] | undefined => nodes.find(({ id }) => id === modules?.[module]?.[0])?.shape;
    expect(['patch_embed.conv1', 'patch_embed', 'blocks.4', 'blocks.5', 'blocks.12', 'blocks.17', 'norm'].map(shapeOf)).toEqual([
      [112, 112, 24],
      [256, 176],
      [257, 176],
      [65, 352],
      [17, 704],
      [17, 704],
      [1, 704],
    ]);
  });

  it('two tokens with distillation: both are transformed, each has its head', () => {
    const graph = vitResNas.graph(vitResNas.largest({ ...smallSettings, head: 'distillation' }), smallInput);
    const shapes = new Map(graph.weights.map((spec) => [spec.name, spec.shape]));
    expect(['tokens', 'pos_embed', 'blocks.3.pos_embed', 'cls_head.weight', 'dst_head.weight'].map((name) => shapes.get(name))).toEqual([
      [1, 2, 12],
      [1, 18, 12],
      [1, 4, 16],
      [5, 16],
      [5, 16],
    ]);
    expect(graph.outputs.map((id) => graph.nodes.find((node) => node.id === id)?.shape)).toEqual([[5], [5]]);
  });
});

describe('initial values (specification 1.6)', () => {
  const { weights } = vitResNas.graph(findPublished('vit-resnas:tiny'), [224, 224, 3]);
  const draw = (name: string): { deviation: number; largest: number } => {
    const values = initialValues(3)(weights.find((spec): spec is WeightSpec => spec.name === name)!);
    const squares = values.reduce((sum, value) => sum + value * value, 0);
    return { deviation: Math.sqrt(squares / values.length), largest: values.reduce((a, b) => Math.max(a, Math.abs(b)), 0) };
  };

  it.each(['tokens', 'pos_embed', 'blocks.5.pos_embed', 'blocks.0.attn.qkv.weight', 'cls_head.weight'])('%s: normal, 0.02', (name) => {
    expect(Math.abs(draw(name).deviation / 0.02 - 1)).toBeLessThan(name === 'tokens' ? 0.2 : 0.05);
    if (name !== 'tokens') expect(draw(name).largest).toBeGreaterThan(0.06); // not cut at two deviations
  });

  it.each([
    ['patch_embed.conv1.conv.weight', 27],
    ['patch_embed.conv_proj.weight', 24 * 49],
    ['patch_embed.conv_proj.bias', 24 * 49],
    ['blocks.5.patch_reduce.bias', 176 * 9],
  ])('%s: uniform within 1 / sqrt(%i)', (name, fanIn) => {
    const bound = 1 / Math.sqrt(fanIn);
    expect(draw(name).largest).toBeLessThanOrEqual(bound);
    expect(draw(name).largest).toBeGreaterThan(0.95 * bound);
  });

  it('biases of linear layers are 0, norms 1 and 0', () => {
    expect(draw('blocks.0.attn.qkv.bias').largest).toBe(0);
    expect(draw('norm.weight')).toEqual({ deviation: 1, largest: 1 });
    expect(draw('blocks.5.norm.bias').largest).toBe(0);
  });
});
