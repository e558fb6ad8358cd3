import { describe, expect, it } from 'vitest';
import { GraphBuilder, type Value } from '../../../engine/graph/builder.ts';
import * as layers from '../../../engine/graph/layers.ts';
import { repeatedNodes } from '../../../engine/graph/repeats.ts';

const norm = { epsilon: 1e-5, momentum: 0.1 };

function repeatsOf(build: (b: GraphBuilder, x: Value) => readonly Value[]): Record<string, string> {
  const builder = new GraphBuilder();
  const outputs = build(builder, builder.input('x', [4, 4, 2]));
  return Object.fromEntries(repeatedNodes(builder.build(outputs)));
}

describe('layers that run again on the value they ran on', () => {
  it('a chain of convolution, norm, activation and convolution is found link by link', () => {
    const chain = (b: GraphBuilder, x: Value): Value => {
      const y = layers.convNormAct(b, x, { name: 'a', channels: 3 }, norm, 'relu');
      return layers.conv(b, y, { name: 'b', channels: 2 });
    };
    expect(repeatsOf((b, x) => [chain(b, x), chain(b, x)])).toEqual({
      'conv2d~3': 'conv2d',
      'batch-norm~2': 'batch-norm',
      'activation~2': 'activation',
      'conv2d~4': 'conv2d~2',
    });
  });

  it.each<[string, (b: GraphBuilder, x: Value) => readonly Value[]]>([
    ['other weights', (b, x) => ['a', 'b'].map((name) => layers.conv(b, x, { name, channels: 2 }))],
    ['another stride', (b, x) => [1, 2].map((stride) => layers.conv(b, x, { name: 'a', channels: 2, stride }))],
    ['another value', (b, x) => [x, layers.activate(b, x, 'relu')].map((y) => layers.conv(b, y, { name: 'a', channels: 2 }))],
    ['another activation', (b, x) => [layers.activate(b, x, 'relu'), layers.activate(b, x, 'sigmoid')]],
    ['dropout, which draws anew', (b, x) => [layers.dropout(b, x, 0.5), layers.dropout(b, x, 0.5)]],
  ])('%s is no repetition', (_, build) => {
    expect(repeatsOf(build)).toEqual({});
  });
});
