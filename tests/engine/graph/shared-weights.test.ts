import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../engine/graph/builder.ts';
import * as layers from '../../../engine/graph/layers.ts';
import type { ModelGraph } from '../../../engine/graph/model-graph.ts';
import { shareWeights } from '../../../engine/graph/shared-weights.ts';

function twoLayers(hidden: number, features: number): ModelGraph {
  const builder = new GraphBuilder();
  const x = layers.linear(builder, builder.input('x', [4]), { name: 'first', features: hidden, bias: true });
  return builder.build([layers.linear(builder, x, { name: 'second', features })]);
}

describe('shared weights', () => {
  const owner = twoLayers(6, 3);

  it('axes that are longer in the larger network are cut, the others taken whole; the weights are those of the larger one', () => {
    const graph = shareWeights(twoLayers(5, 3), owner);
    expect(graph.weights).toBe(owner.weights);
    expect(graph.nodes.map((node) => node.weights)).toEqual([
      {
        kernel: { name: 'first.weight', slices: [{ kind: 'prefix', length: 5 }, undefined] },
        bias: { name: 'first.bias', slices: [{ kind: 'prefix', length: 5 }] },
      },
      { kernel: { name: 'second.weight', slices: [undefined, { kind: 'prefix', length: 5 }] } },
    ]);
    expect(shareWeights(twoLayers(6, 3), owner)).toEqual(owner);
  });

  it('a rule says which part, where it says one', () => {
    const graph = shareWeights(twoLayers(5, 3), owner, (name) =>
      name === 'first.bias' ? [{ kind: 'ranges', ranges: [[1, 6]] }] : undefined,
    );
    expect(graph.nodes[0]?.weights['bias']).toEqual({ name: 'first.bias', slices: [{ kind: 'ranges', ranges: [[1, 6]] }] });
    expect(graph.nodes[0]?.weights['kernel']?.slices?.[0]).toEqual({ kind: 'prefix', length: 5 });
  });

  it('a weight that the larger network lacks, and one that is sliced already, are refused', () => {
    expect(() => shareWeights(owner, { weights: owner.weights.slice(1) })).toThrow('the larger network has no weight first.weight');
    const sliced = shareWeights(twoLayers(5, 3), owner);
    expect(() => shareWeights(sliced, twoLayers(7, 3))).toThrow('first.weight is sliced already');
  });
});
