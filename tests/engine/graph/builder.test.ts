import { describe, expect, it } from 'vitest';
import { estimate } from '../../../engine/cost/estimate.ts';
import { EngineError } from '../../../engine/error.ts';
import { GraphBuilder } from '../../../engine/graph/builder.ts';
import * as layers from '../../../engine/graph/layers.ts';
import type { ModelGraph, WeightSpec } from '../../../engine/graph/model-graph.ts';

const kernel: WeightSpec = { name: 'a.weight', shape: [5, 3, 3, 3], kind: 'weight', layout: 'oihw', isRun: true };

function messageOf(build: () => unknown): string {
  try {
    build();
  } catch (error) {
    expect(error).toBeInstanceOf(EngineError);
    expect((error as EngineError).code).toBe('bad-graph');
    return (error as EngineError).message;
  }
  throw new Error('nothing was refused');
}

describe('GraphBuilder', () => {
  it('nodes get ids and scopes from the dotted path, and ids never collide', () => {
    const builder = new GraphBuilder();
    const x = builder.input('input', [7, 9, 3]);
    const y = builder.scoped('stage0', () =>
      builder.scoped('block1', () => layers.activate(builder, layers.activate(builder, x, 'relu'), 'relu')),
    );
    const graph = builder.build([y]);
    expect(graph.nodes.map((node) => node.id)).toEqual(['stage0.block1.activation', 'stage0.block1.activation~2']);
    expect(graph.nodes[1]).toMatchObject({ scope: 'stage0.block1', inputs: ['stage0.block1.activation'], shape: [7, 9, 3] });
    expect(graph.outputs).toEqual(['stage0.block1.activation~2']);
  });

  it('weights keep the order of registration, or the official one where it is given', () => {
    const builder = new GraphBuilder();
    const x = builder.input('input', [7, 9, 3]);
    const features = layers.conv(builder, x, { name: 'features.0', channels: 4 });
    const y = layers.conv(builder, features, { name: 'head', channels: 2, bias: true });
    expect(builder.build([y]).weights.map((spec) => spec.name)).toEqual(['features.0.weight', 'head.weight', 'head.bias']);
    const headFirst = builder.build([y], (name) => (name.startsWith('head') ? 0 : 1));
    expect(headFirst.weights.map((spec) => spec.name)).toEqual(['head.weight', 'head.bias', 'features.0.weight']);
  });

  it('a bad shape is refused with the scope of the layer and what came', () => {
    const builder = new GraphBuilder();
    const x = builder.input('input', [7, 9, 4]);
    const ref = builder.weight(kernel);
    const attrs = { stride: [1, 1], padding: [1, 1, 1, 1] };
    const message = messageOf(() =>
      builder.scoped('stage2.branch1', () => builder.node({ op: 'conv2d', inputs: [x], attrs, weights: { kernel: ref } })),
    );
    expect(message).toBe('building stage2.branch1: conv2d: the input has 4 channels, the weights expect 3 (weights [5, 3, 3, 3])');
  });

  it('kernels in another official layout give the same shapes and MACs', () => {
    const graphOf = (shape: readonly number[], layout: WeightSpec['layout'], op: string): ModelGraph => {
      const builder = new GraphBuilder();
      const kernelRef = builder.weight({ name: 'k', shape, kind: 'weight', layout, isRun: true });
      const attrs = { stride: [2, 1], padding: [0, 0, 1, 1] };
      return builder.build([builder.node({ op, inputs: [builder.input('x', [7, 9, 4])], attrs, weights: { kernel: kernelRef } })]);
    };
    const results = [
      [graphOf([5, 4, 2, 3], 'oihw', 'conv2d'), graphOf([2, 3, 4, 5], 'hwio', 'conv2d')],
      [graphOf([4, 1, 2, 3], 'depthwise-oihw', 'depthwise-conv2d'), graphOf([2, 3, 4, 1], 'depthwise-hwio', 'depthwise-conv2d')],
    ].map((graphs) => graphs.map((graph) => [graph.nodes[0]!.shape, estimate(graph).macs]));
    expect(results).toEqual([
      [
        [[3, 9, 5], 3240],
        [[3, 9, 5], 3240],
      ],
      [
        [[3, 9, 4], 648],
        [[3, 9, 4], 648],
      ],
    ]);
  });

  it.each<[string, (builder: GraphBuilder) => unknown, RegExp]>([
    ['an unknown op', (b) => b.node({ op: 'pool', inputs: [b.input('x', [1])] }), /no op 'pool'/],
    [
      'a weight registered with two shapes',
      (b) => [b.weight(kernel), b.weight({ ...kernel, shape: [6, 3, 3, 3] })],
      /registered with shape \[5, 3, 3, 3\]/,
    ],
    [
      'a weight that was not registered',
      (b) => b.node({ op: 'parameter', inputs: [], weights: { value: { name: 'q' } } }),
      /q was not registered/,
    ],
    [
      'a slice beyond the axis',
      (b) => {
        const value = { ...b.weight(kernel), slices: [{ kind: 'prefix', length: 6 } as const, undefined, undefined, undefined] };
        return b.node({ op: 'parameter', inputs: [], weights: { value } });
      },
      /slice of axis 0 reaches index 5/,
    ],
    ['an input of no size', (b) => b.input('x', [0, 3]), /positive whole lengths/],
    ['a fraction of a channel', (b) => b.input('x', [4, 4, 1.5]), /positive whole lengths/],
  ])('%s is refused', (_, build, message) => {
    expect(messageOf(() => build(new GraphBuilder()))).toMatch(message);
  });

  it('self attention reads one packed matrix, cross attention its row ranges', () => {
    const builder = new GraphBuilder();
    const memory = builder.input('memory', [5, 8]);
    const query = builder.input('query', [3, 8]);
    layers.multiHeadAttention(builder, memory, memory, { name: 'self', heads: 2, dropoutRate: 0 });
    const y = layers.multiHeadAttention(builder, query, memory, { name: 'cross', heads: 2, dropoutRate: 0 });
    const graph = builder.build([y]);
    expect(y.shape).toEqual([3, 8]);
    expect(graph.weights.map((spec) => [spec.name, spec.shape])).toEqual([
      ['self.in_proj_weight', [24, 8]],
      ['self.out_proj.weight', [8, 8]],
      ['cross.in_proj_weight', [24, 8]],
      ['cross.out_proj.weight', [8, 8]],
    ]);
    const sliced = graph.nodes.flatMap((node) => Object.values(node.weights)).filter((ref) => ref.slices !== undefined);
    expect(sliced.map((ref) => ref.slices?.[0])).toEqual([
      { kind: 'ranges', ranges: [[0, 8]] },
      { kind: 'ranges', ranges: [[8, 24]] },
    ]);
  });
});
