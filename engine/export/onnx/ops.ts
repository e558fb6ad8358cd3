import type { ActivationKind } from '../../graph/ops/activation.ts';
import { positionMap } from '../../graph/ops/append-position-map.ts';
import type { AttrValue, GraphNode, WeightRef } from '../../graph/model-graph.ts';
import { elementCount } from '../../graph/shapes.ts';
import { permute } from '../../graph/weight-layout.ts';
import type { NodeConverter } from '../convert-graph.ts';
import { poolCells, poolWindow } from './pools.ts';
import { channelAxis } from './onnx-builder.ts';
import type { OnnxBuilder, OnnxRef } from './onnx-builder.ts';

export type OnnxConverter = NodeConverter<OnnxBuilder>;

const first = (inputs: readonly OnnxRef[]): OnnxRef => at(inputs, 0);
const names = (inputs: readonly OnnxRef[]): string[] => inputs.map(({ name }) => name);

function at<T>(list: readonly T[], index: number): T {
  const value = list[index];
  if (value === undefined) throw new RangeError(`input ${index} is missing`);
  return value;
}

function numbers(node: GraphNode, name: string): readonly number[] {
  return node.attrs[name] as readonly number[]; // checked when the graph was built
}

function number(node: GraphNode, name: string): number {
  return node.attrs[name] as number;
}

function role(node: GraphNode, name: string): WeightRef {
  const ref = node.weights[name];
  if (ref === undefined) throw new RangeError(`weight '${name}' is missing`);
  return ref;
}

const activations: Readonly<Record<ActivationKind, (builder: OnnxBuilder, x: string) => string>> = {
  relu: (b, x) => b.node('Relu', [x]),
  relu6: (b, x) => b.node('Clip', [x, b.floats(Float32Array.of(0), []), b.floats(Float32Array.of(6), [])]),
  sigmoid: (b, x) => b.node('Sigmoid', [x]),
  tanh: (b, x) => b.node('Tanh', [x]),
  swish: (b, x) => b.node('Mul', [x, b.node('Sigmoid', [x])]),
  'hard-sigmoid': (b, x) => b.node('HardSigmoid', [x], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }),
  'hard-swish': (b, x) => b.node('HardSwish', [x]),
  // 0.5 x (1 + erf(x / sqrt 2)): an operator of its own came with opset 20.
  gelu: (b, x) => {
    const erf = b.node('Erf', [b.node('Mul', [x, b.floats(Float32Array.of(Math.SQRT1_2), [])])]);
    const half = b.node('Mul', [x, b.floats(Float32Array.of(0.5), [])]);
    return b.node('Mul', [half, b.node('Add', [erf, b.floats(Float32Array.of(1), [])])]);
  },
};

function windowAttributes(attrs: Readonly<Record<string, AttrValue>>, group: number) {
  const [top = 0, bottom = 0, left = 0, right = 0] = attrs['padding'] as readonly number[];
  return {
    strides: attrs['stride'] as readonly number[],
    pads: [top, left, bottom, right],
    dilations: (attrs['dilation'] as readonly number[] | undefined) ?? [1, 1],
    group,
  };
}

const convolution =
  (groupOf: (node: GraphNode, input: OnnxRef) => number): OnnxConverter =>
  (b, node, inputs) => {
    const weights = ['kernel', 'bias'].flatMap((name) => (node.weights[name] === undefined ? [] : [b.weight(role(node, name))]));
    return b.node('Conv', [first(inputs).name, ...weights], windowAttributes(node.attrs, groupOf(node, first(inputs))));
  };

/** In our order of axes and back: for ops whose meaning depends on it. */
const inOwnOrder =
  (convert: (b: OnnxBuilder, node: GraphNode, x: string) => string): OnnxConverter =>
  (b, node, inputs) =>
    b.channelsFirst(convert(b, node, b.channelsLast(first(inputs))), node.shape);

const reshape = inOwnOrder((b, node, x) => b.reshape(x, [0, ...node.shape]));

/** BatchNormalization takes channels at axis 1, so a token matrix is turned for it. */
const batchNorm: OnnxConverter = (b, node, inputs) => {
  const { name, shape } = first(inputs);
  const weights = ['gamma', 'beta', 'mean', 'variance'].map((part) => b.weight(role(node, part)));
  const turn = (x: string): string => (shape.length === 2 ? b.node('Transpose', [x], { perm: [0, 2, 1] }) : x);
  return turn(b.node('BatchNormalization', [turn(name), ...weights], { epsilon: { float: number(node, 'epsilon') } }));
};

const linear: OnnxConverter = (b, node, inputs) => {
  const { shape, values } = b.weightValues(role(node, 'kernel')); // [out, in]
  const kernel = b.floats(permute(values, shape, [1, 0]), [at(shape, 1), at(shape, 0)]);
  const product = b.node('MatMul', [b.channelsLast(first(inputs)), kernel]);
  const result = node.weights['bias'] === undefined ? product : b.node('Add', [product, b.weight(role(node, 'bias'))]);
  return b.channelsFirst(result, node.shape);
};

/** [batch or 1, tokens, heads * width] -> [batch or 1, heads, tokens, width]; a query table that all images share stays one. */
const attention: OnnxConverter = (b, node, inputs) => {
  const heads = number(node, 'heads');
  const split = (input: OnnxRef, perm: readonly number[]): string => {
    const [tokens = 0, width = 0] = input.shape;
    return b.node('Transpose', [b.reshape(input.name, [0, tokens, heads, width / heads])], { perm });
  };
  const q = split(at(inputs, 0), [0, 2, 1, 3]);
  const k = split(at(inputs, 1), [0, 2, 3, 1]);
  const v = split(at(inputs, 2), [0, 2, 1, 3]);
  const scores = b.node('Mul', [b.node('MatMul', [q, k]), b.floats(Float32Array.of(number(node, 'scale')), [])]);
  const mixed = b.node('MatMul', [b.node('Softmax', [scores], { axis: -1 }), v]);
  return b.reshape(b.node('Transpose', [mixed], { perm: [0, 2, 1, 3] }), [0, ...node.shape]);
};

/** Our channels of group g and place n become place n, group g. */
const channelShuffle: OnnxConverter = (b, node, inputs) => {
  const { name, shape } = first(inputs);
  const groups = number(node, 'groups');
  const channels = at(shape, shape.length - 1);
  const dealt = [groups, channels / groups];
  if (shape.length === 3) {
    const [height = 0, width = 0] = shape;
    const turned = b.node('Transpose', [b.reshape(name, [0, ...dealt, height, width])], { perm: [0, 2, 1, 3, 4] });
    return b.reshape(turned, [0, channels, height, width]);
  }
  const outer = shape.slice(0, -1);
  const perm = [0, ...outer.map((_, axis) => axis + 1), outer.length + 2, outer.length + 1];
  return b.reshape(b.node('Transpose', [b.reshape(name, [0, ...outer, ...dealt])], { perm }), [0, ...shape]);
};

/** The map is the same for every image: it is repeated to the batch that comes. */
const appendPositionMap: OnnxConverter = (b, node, inputs) => {
  const [height = 0, width = 0] = node.shape;
  const values = permute(positionMap(height, width), [height, width, 2], [2, 0, 1]);
  const batch = b.node('Gather', [b.node('Shape', [first(inputs).name]), b.integers([0])]);
  const shape = b.node('Concat', [batch, b.integers([2, height, width])], { axis: 0 });
  const map = b.node('Expand', [b.floats(values, [1, 2, height, width]), shape]);
  return b.node('Concat', [first(inputs).name, map], { axis: 1 });
};

const padChannels: OnnxConverter = (b, node, inputs) => {
  const { name, shape } = first(inputs);
  const missing = number(node, 'width') - at(shape, shape.length - 1);
  const ends = Array.from({ length: shape.length + 1 }, (_, axis) => (axis === channelAxis(shape) ? missing : 0));
  return b.node('Pad', [name, b.integers([...ends.map(() => 0), ...ends])]);
};

const sliceChannels: OnnxConverter = (b, node, inputs) => {
  const start = number(node, 'start');
  const range = [[start], [start + number(node, 'length')], [channelAxis(node.shape)]].map((values) => b.integers(values));
  return b.node('Slice', [first(inputs).name, ...range]);
};

const resize =
  (attributesOf: (node: GraphNode) => Readonly<Record<string, string>>): OnnxConverter =>
  (b, node, inputs) =>
    b.node('Resize', [first(inputs).name, '', '', b.integers(numbers(node, 'size'))], { ...attributesOf(node), axes: [2, 3] });

const parameter: OnnxConverter = (b, node) => {
  const { shape, values } = b.weightValues(role(node, 'value'));
  if (shape.length !== 3) return b.node('Identity', [b.floats(values, [1, ...shape])]);
  const [height = 0, width = 0, channels = 0] = shape;
  return b.node('Identity', [b.floats(permute(values, shape, [2, 0, 1]), [1, channels, height, width])]);
};

/** One converter an op of engine/graph/ops. */
export const onnxConverters: Readonly<Record<string, OnnxConverter>> = {
  activation: (b, node, inputs) => activations[node.attrs['kind'] as ActivationKind](b, first(inputs).name),
  'adaptive-average-pool': (b, node, inputs) => poolCells(b, first(inputs), numbers(node, 'size')),
  add: (b, _node, inputs) =>
    names(inputs)
      .slice(1)
      .reduce((sum, name) => b.node('Add', [sum, name]), first(inputs).name),
  'append-position-map': appendPositionMap,
  'batch-norm': batchNorm,
  'block-average-pool': (b, node, inputs) => poolWindow(b, first(inputs), numbers(node, 'block'), numbers(node, 'block')),
  'channel-shuffle': channelShuffle,
  concat: (b, node, inputs) => b.node('Concat', names(inputs), { axis: channelAxis(node.shape) }),
  conv2d: convolution((node) => (node.attrs['groups'] === undefined ? 1 : number(node, 'groups'))),
  'depthwise-conv2d': convolution((_node, { shape }) => at(shape, 2)),
  dropout: (b, _node, inputs) => b.node('Identity', names(inputs)),
  flatten: (b, node, inputs) => b.reshape(b.channelsLast(first(inputs)), [0, elementCount(node.shape)]),
  'global-average-pool': (b, _node, inputs) => b.node('GlobalAveragePool', names(inputs)),
  'layer-norm': inOwnOrder((b, node, x) =>
    b.node('LayerNormalization', [x, b.weight(role(node, 'gamma')), b.weight(role(node, 'beta'))], {
      axis: -1,
      epsilon: { float: number(node, 'epsilon') },
    }),
  ),
  linear,
  mul: (b, _node, inputs) => b.node('Mul', names(inputs)),
  'pad-channels': padChannels,
  parameter,
  reshape,
  'resize-bilinear': resize((node) => ({
    mode: 'linear',
    coordinate_transformation_mode: node.attrs['alignCorners'] === true ? 'align_corners' : 'half_pixel',
  })),
  'resize-nearest': resize(() => ({ mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' })),
  'scaled-dot-product-attention': attention,
  'slice-channels': sliceChannels,
  'sliding-average-pool': (b, node, inputs) => poolWindow(b, first(inputs), numbers(node, 'kernel'), [1, 1]),
  transpose: inOwnOrder((b, node, x) => b.node('Transpose', [x], { perm: [0, ...numbers(node, 'permutation').map((axis) => axis + 1)] })),
};
