import { describe, expect, it } from 'vitest';
import type { OpArguments } from '../../../engine/graph/op-definition.ts';
import { positionMap } from '../../../engine/graph/ops/append-position-map.ts';
import { opDefinitions } from '../../../engine/graph/ops/table.ts';

/** Arguments as far as a case needs them. */
function args(inputs: OpArguments['inputs'], attrs: OpArguments['attrs'] = {}, weights: OpArguments['weights'] = {}): OpArguments {
  return { inputs, attrs, weights };
}

const window = { stride: [2, 2], padding: [1, 1, 1, 1] };
const norm = { gamma: [3], beta: [3], mean: [3], variance: [3] };

/** [op, case, arguments, expected shape, expected MACs worked out by hand] */
const good: readonly [string, string, OpArguments, readonly number[], number][] = [
  ['conv2d', '3x3, stride 2 on odd sizes', args([[7, 9, 3]], window, { kernel: [5, 3, 3, 3] }), [4, 5, 5], 4 * 5 * 5 * 27],
  [
    'conv2d',
    'grouped 1x1',
    args([[7, 9, 6]], { stride: [1, 1], padding: [0, 0, 0, 0], groups: 3 }, { kernel: [9, 2, 1, 1] }),
    [7, 9, 9],
    7 * 9 * 9 * 2,
  ],
  [
    'conv2d',
    'padding of bottom and right only',
    args([[8, 8, 1]], { stride: [2, 2], padding: [0, 1, 0, 1] }, { kernel: [1, 1, 3, 3] }),
    [4, 4, 1],
    4 * 4 * 9,
  ],
  [
    'conv2d',
    'dilated',
    args([[9, 9, 1]], { stride: [1, 1], padding: [2, 2, 2, 2], dilation: [2, 2] }, { kernel: [1, 1, 3, 3] }),
    [9, 9, 1],
    81 * 9,
  ],
  [
    'depthwise-conv2d',
    '5x5, stride 2',
    args([[7, 9, 3]], { stride: [2, 2], padding: [2, 2, 2, 2] }, { kernel: [3, 1, 5, 5] }),
    [4, 5, 3],
    4 * 5 * 3 * 25,
  ],
  ['linear', 'over tokens', args([[5, 4]], {}, { kernel: [3, 4], bias: [3] }), [5, 3], 5 * 3 * 4],
  [
    'scaled-dot-product-attention',
    'fewer queries',
    args(
      [
        [3, 8],
        [5, 8],
        [5, 8],
      ],
      { heads: 2, scale: 0.5, dropoutRate: 0 },
    ),
    [3, 8],
    2 * 3 * 5 * 8,
  ],
  ['sliding-average-pool', 'a window of 5x7', args([[7, 9, 3]], { kernel: [5, 7] }), [3, 3, 3], 0],
  ['adaptive-average-pool', 'a grid that does not divide', args([[7, 9, 3]], { size: [2, 4] }), [2, 4, 3], 0],
  ['batch-norm', 'on a map', args([[7, 9, 3]], { epsilon: 1e-5, momentum: 0.1 }, norm), [7, 9, 3], 0],
  ['layer-norm', 'on tokens', args([[7, 3]], { epsilon: 1e-5 }, { gamma: [3], beta: [3] }), [7, 3], 0],
  [
    'concat',
    'of channels',
    args([
      [7, 9, 3],
      [7, 9, 2],
    ]),
    [7, 9, 5],
    0,
  ],
  ['block-average-pool', 'of blocks of 2x3', args([[4, 9, 5]], { block: [2, 3] }), [2, 3, 5], 0],
  ['channel-shuffle', 'of a map', args([[4, 9, 6]], { groups: 2 }), [4, 9, 6], 0],
  ['pad-channels', 'of tokens', args([[7, 3]], { width: 5 }), [7, 5], 0],
  ['slice-channels', 'in the middle', args([[7, 9, 3]], { start: 1, length: 2 }), [7, 9, 2], 0],
  [
    'add',
    'of three',
    args([
      [2, 3],
      [2, 3],
      [2, 3],
    ]),
    [2, 3],
    0,
  ],
  [
    'mul',
    'by a gate',
    args([
      [7, 9, 3],
      [1, 1, 3],
    ]),
    [7, 9, 3],
    0,
  ],
  ['resize-bilinear', 'down', args([[7, 9, 3]], { size: [4, 4] }), [4, 4, 3], 0],
  ['resize-nearest', 'up', args([[7, 9, 3]], { size: [14, 18] }), [14, 18, 3], 0],
  ['reshape', 'of a map', args([[2, 3, 4]], { shape: [6, 4] }), [6, 4], 0],
  ['transpose', 'of three axes', args([[2, 3, 4]], { permutation: [2, 0, 1] }), [4, 2, 3], 0],
  ['flatten', 'of a map', args([[2, 3, 4]]), [24], 0],
  ['global-average-pool', 'of a map', args([[2, 3, 4]]), [1, 1, 4], 0],
  ['append-position-map', 'to a map', args([[8, 8, 4]]), [8, 8, 6], 0],
  ['parameter', 'a table', args([], {}, { value: [5, 6] }), [5, 6], 0],
  ['dropout', 'of tokens', args([[5, 6]], { rate: 0.1 }), [5, 6], 0],
  ['dropout', 'of whole samples', args([[5, 6]], { rate: 0.1, perSample: true }), [5, 6], 0],
  ['activation', 'swish', args([[5, 6]], { kind: 'swish' }), [5, 6], 0],
];

const bad: readonly [string, string, OpArguments, RegExp][] = [
  ['channel-shuffle', 'groups that do not divide', args([[4, 9, 5]], { groups: 2 }), /5 channels cannot be shuffled in 2 groups/],
  [
    'conv2d',
    'a window larger than the map',
    args([[2, 2, 3]], { stride: [1, 1], padding: [0, 0, 0, 0] }, { kernel: [5, 3, 3, 3] }),
    /3x3 does not fit into 2x2/,
  ],
  [
    'conv2d',
    'groups that do not divide',
    args([[7, 9, 3]], { ...window, groups: 2 }, { kernel: [4, 2, 3, 3] }),
    /cannot be split into 2 groups/,
  ],
  [
    'conv2d',
    'a stride of one number',
    args([[7, 9, 3]], { stride: [1], padding: [0, 0, 0, 0] }, { kernel: [5, 3, 1, 1] }),
    /stride must be 2 whole numbers/,
  ],
  ['conv2d', 'a stride of 0', args([[7, 9, 3]], { stride: [0, 1], padding: [0, 0, 0, 0] }, { kernel: [5, 3, 1, 1] }), /must be positive/],
  ['conv2d', 'a bias of another length', args([[7, 9, 3]], window, { kernel: [5, 3, 3, 3], bias: [4] }), /'bias' must have shape \[5\]/],
  ['conv2d', 'tokens in place of a map', args([[7, 9]], window, { kernel: [5, 9, 3, 3] }), /input of 3 axes/],
  ['conv2d', 'no kernel', args([[7, 9, 3]], window), /'kernel' is missing/],
  ['depthwise-conv2d', 'other channels', args([[7, 9, 3]], window, { kernel: [4, 1, 3, 3] }), /kernel must be \[3, 1/],
  [
    'batch-norm',
    'a mean of another length',
    args([[7, 9, 3]], { epsilon: 1e-5, momentum: 0.1 }, { ...norm, mean: [4] }),
    /'mean' must have shape \[3\]/,
  ],
  ['batch-norm', 'epsilon 0', args([[7, 9, 3]], { epsilon: 0, momentum: 0.1 }, norm), /epsilon must be positive/],
  ['batch-norm', 'momentum above 1', args([[7, 9, 3]], { epsilon: 1, momentum: 2 }, norm), /momentum in 0..1/],
  ['linear', 'another width', args([[5, 4]], {}, { kernel: [3, 5] }), /has 4 features/],
  [
    'scaled-dot-product-attention',
    'keys of another width',
    args(
      [
        [3, 8],
        [5, 6],
        [5, 8],
      ],
      { heads: 1, scale: 1, dropoutRate: 0 },
    ),
    /q, k, v must be/,
  ],
  [
    'scaled-dot-product-attention',
    'heads that do not divide',
    args(
      [
        [3, 8],
        [5, 8],
        [5, 8],
      ],
      { heads: 3, scale: 1, dropoutRate: 0 },
    ),
    /3 heads/,
  ],
  [
    'concat',
    'maps of two sizes',
    args([
      [7, 9, 3],
      [7, 8, 2],
    ]),
    /differ before the last axis/,
  ],
  ['slice-channels', 'beyond the end', args([[7, 9, 3]], { start: 2, length: 2 }), /do not lie in 0..2/],
  [
    'add',
    'two shapes',
    args([
      [2, 3],
      [3, 2],
    ]),
    /differ in shape/,
  ],
  ['add', 'one summand', args([[2, 3]]), /two or more/],
  [
    'mul',
    'a gate larger than the value',
    args([
      [1, 1, 3],
      [7, 9, 3],
    ]),
    /does not fit/,
  ],
  ['resize-bilinear', 'size 0', args([[7, 9, 3]], { size: [0, 4] }), /size must be positive/],
  ['sliding-average-pool', 'a window higher than the map', args([[7, 9, 3]], { kernel: [8, 1] }), /a window of 8x1 does not fit into 7x9/],
  ['adaptive-average-pool', 'no columns', args([[7, 9, 3]], { size: [2, 0] }), /size must be positive/],
  ['reshape', 'another number of elements', args([[2, 3]], { shape: [7] }), /cannot become/],
  ['transpose', 'a repeated axis', args([[2, 3]], { permutation: [0, 0] }), /no permutation/],
  ['append-position-map', 'a map of one row', args([[1, 8, 4]]), /at least 2x2/],
  ['parameter', 'an input', args([[2]], {}, { value: [5] }), /expected no input/],
  ['dropout', 'rate 1', args([[5, 6]], { rate: 1 }), /rate must be/],
  ['dropout', 'a text for perSample', args([[5, 6]], { rate: 0.1, perSample: 'yes' }), /perSample must be true or false/],
  ['block-average-pool', 'blocks that leave a rest', args([[4, 8, 5]], { block: [2, 3] }), /blocks of 2x3 do not tile 4x8/],
  ['pad-channels', 'fewer channels', args([[7, 3]], { width: 2 }), /3 channels cannot be padded to 2/],
  ['activation', 'an unknown kind', args([[5, 6]], { kind: 'softsign' }), /not one of relu/],
];

describe('ops', () => {
  it.each(good)('%s, %s: shape and MACs', (op, _, given, shape, macs) => {
    const definition = opDefinitions.get(op)!;
    expect(definition.shape(given)).toEqual(shape);
    expect(definition.macs?.(given, shape) ?? 0).toBe(macs);
  });

  it.each(bad)('%s, %s: refused with what was expected', (op, _, given, message) => {
    expect(() => opDefinitions.get(op)!.shape(given)).toThrow(message);
    expect(() => opDefinitions.get(op)!.shape(given)).toThrow(RangeError);
  });

  it('every op has a good case here', () => {
    expect([...opDefinitions.keys()].sort()).toEqual([...new Set(good.map(([op]) => op))].sort());
  });

  it('the 8x8 position map has the published values: first along the width, then along the height', () => {
    const map = positionMap(8, 8);
    const at = (row: number, column: number, channel: number): number => map[(row * 8 + column) * 2 + channel]!;
    expect([0, 1, 2, 3].map((column) => Math.abs(at(5, column, 0)).toFixed(7))).toEqual([
      '1.5275252',
      '1.0910895',
      '0.6546537',
      '0.2182179',
    ]);
    expect(at(0, 6, 1)).toBeCloseTo(-1.5275252, 7);
    expect(at(7, 0, 1)).toBeCloseTo(1.5275252, 7);
  });
});
