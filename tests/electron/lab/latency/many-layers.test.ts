import { describe, expect, it } from 'vitest';
import { manyLayers } from '../../../../electron/lab/latency/many-layers.ts';
import type { ModelGraph } from '../../../../engine/graph/model-graph.ts';
import type { Architecture } from '../../../../engine/spaces/search-space.ts';

/** A network whose choices are the side lengths of its layers. */
const archOf = (...sides: readonly number[]): Architecture => ({
  space: 'test',
  version: 1,
  settings: {},
  choices: Object.fromEntries(sides.map((side, i) => [`layer${i}`, side])),
});

function graphOf({ choices }: Architecture): ModelGraph {
  const nodes = Object.entries(choices).map(([id, side]) => {
    return { id, op: 'relu', inputs: ['x'], attrs: { side }, weights: {}, scope: '', shape: [side] };
  });
  return { inputs: [{ id: 'x', shape: [1] }], nodes, outputs: [], weights: [] } as unknown as ModelGraph;
}

describe('manyLayers', () => {
  const [a, b, c, d] = [archOf(1, 2), archOf(1, 2, 3), archOf(4, 5), archOf(3, 4)];

  it('takes the network with the most kinds of layers that no earlier one has; of equal ones the first', () => {
    // b brings 3 kinds, then c 2 more; then a and d bring nothing
    expect(manyLayers([a, b, c, d], graphOf, 4)).toEqual([b, c, a, d]);
  });

  it('the first of more are the same, and there are never more than there are networks', () => {
    expect(manyLayers([a, b, c, d], graphOf, 2)).toEqual([b, c]);
    expect(manyLayers([a], graphOf, 3)).toEqual([a]);
  });
});
