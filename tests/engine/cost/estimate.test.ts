import { describe, expect, it } from 'vitest';
import { estimate } from '../../../engine/cost/estimate.ts';
import { GraphBuilder } from '../../../engine/graph/builder.ts';
import * as layers from '../../../engine/graph/layers.ts';

const norm = { epsilon: 1e-3, momentum: 0.01 };

describe('estimate', () => {
  it('a small network: MACs, parameters and bytes as counted by hand', () => {
    const builder = new GraphBuilder();
    const x = builder.input('input', [8, 6, 3]);
    const y = layers.convNormAct(builder, x, { name: 'stem', channels: 4, kernel: 3, stride: 2 }, norm, 'relu'); // [4, 3, 4]
    const z = layers.conv(builder, y, { name: 'head', channels: 2, bias: true }); // [4, 3, 2]
    const cost = estimate(builder.build([z]));
    expect(cost.macs).toBe(12 * 4 * 27 + 12 * 2 * 4);
    expect(cost.params).toBe(4 * 27 + 2 * 4 + 2 * 4 + 2); // running statistics do not count
    expect(cost.activationBytes).toBe(4 * (3 * 48 + 24));
    expect(cost.nodes.map((node) => node.params)).toEqual([108, 8, 0, 10]);
  });

  it('a weight that two nodes share counts once, one that never runs counts as well', () => {
    const builder = new GraphBuilder();
    const x = builder.input('input', [5, 5, 3]);
    const once = layers.conv(builder, x, { name: 'shared', channels: 3 });
    const twice = layers.conv(builder, once, { name: 'shared', channels: 3 });
    layers.batchNormWeights(builder, 'idle', 7, false);
    const cost = estimate(builder.build([twice]));
    expect(cost.params).toBe(9 + 14);
    expect(cost.macs).toBe(2 * 25 * 9);
    expect(cost.nodes.map((node) => node.params)).toEqual([9, 0]);
  });
});
