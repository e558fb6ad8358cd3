import { EngineError } from '../../error.ts';
import type { ActivationKind } from '../../graph/ops/activation.ts';
import { positionMap } from '../../graph/ops/append-position-map.ts';
import type { GraphNode, Shape, WeightRef } from '../../graph/model-graph.ts';
import { permute } from '../../graph/weight-layout.ts';
import type { NodeConverter } from '../convert-graph.ts';
import { poolCells, poolWindow } from './pools.ts';
import { tfInts, tfText } from './tfjs-builder.ts';
import type { TfjsBuilder, TfRef } from './tfjs-builder.ts';

export type TfjsConverter = NodeConverter<TfjsBuilder>;

const names = (inputs: readonly TfRef[]): string[] => inputs.map(({ name }) => name);
const first = (inputs: readonly TfRef[]): TfRef => at(inputs, 0);
/** Attributes were checked when the graph was built. */
const numbers = (node: GraphNode, name: string): readonly number[] => node.attrs[name] as readonly number[];
const number = (node: GraphNode, name: string): number => node.attrs[name] as number;
const wholeAxes = (shape: Shape): number[] => shape.map(() => -1);
const zeros = (shape: Shape): number[] => shape.map(() => 0);
const axesOf = (shape: Shape): number[] => shape.map((_, axis) => axis + 1);

function at<T>(list: readonly T[], index: number): T {
  const value = list[index];
  if (value === undefined) throw new RangeError(`input ${index} is missing`);
  return value;
}

function role(node: GraphNode, name: string): WeightRef {
  const ref = node.weights[name];
  if (ref === undefined) throw new RangeError(`weight '${name}' is missing`);
  return ref;
}

const activations: Readonly<Record<ActivationKind, (b: TfjsBuilder, x: string) => string>> = {
  relu: (b, x) => b.node('Relu', [x]),
  relu6: (b, x) => b.node('Relu6', [x]),
  sigmoid: (b, x) => b.node('Sigmoid', [x]),
  tanh: (b, x) => b.node('Tanh', [x]),
  swish: (b, x) => b.node('Mul', [x, b.node('Sigmoid', [x])]),
  'hard-sigmoid': (b, x) => b.node('Mul', [b.node('Relu6', [b.node('AddV2', [x, b.number(3)])]), b.number(1 / 6)]),
  'hard-swish': (b, x) => b.node('Mul', [x, activations['hard-sigmoid'](b, x)]),
  gelu: (b, x) => {
    const erf = b.node('Erf', [b.node('Mul', [x, b.number(Math.SQRT1_2)])]);
    return b.node('Mul', [b.node('Mul', [x, b.number(0.5)]), b.node('AddV2', [erf, b.number(1)])]);
  },
};

function windowAttributes(node: GraphNode) {
  const [strideH = 1, strideW = 1] = numbers(node, 'stride');
  const [dilationH = 1, dilationW = 1] = node.attrs['dilation'] === undefined ? [1, 1] : numbers(node, 'dilation');
  if (strideH * strideW > 1 && dilationH * dilationW > 1) {
    throw new EngineError(
      'tfjs-unsupported',
      `exporting to TensorFlow.js: ${node.id} has a stride and a dilation, which it does not take together.`,
      {
        tip: 'Take the network away as ONNX.',
      },
    );
  }
  return {
    strides: tfInts([1, strideH, strideW, 1]),
    dilations: tfInts([1, dilationH, dilationW, 1]),
    padding: tfText('VALID'),
    data_format: tfText('NHWC'),
  };
}

/** Zeros around a map as the window's padding asks for. */
function padded(b: TfjsBuilder, node: GraphNode, x: string): string {
  const [top = 0, bottom = 0, left = 0, right = 0] = numbers(node, 'padding');
  return b.pad(x, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
}

/** [out, in, h, w] -> [h, w, in, out], of one group's share of the output channels. */
function kernelOf(b: TfjsBuilder, ref: WeightRef, group: number, groups: number): string {
  return b.weight(ref, `group${group}of${groups}`, (values, shape) => {
    const [out = 0, ...rest] = shape;
    const [inputs = 0, height = 0, width = 0] = rest;
    const share = out / groups;
    const size = share * inputs * height * width;
    const part = values.subarray(group * size, (group + 1) * size);
    return { values: permute(part, [share, ...rest], [2, 3, 1, 0]), shape: [height, width, inputs, share] };
  });
}

/** Groups become convolutions of their own: the format knows none. */
const conv2d: TfjsConverter = (b, node, inputs) => {
  const groups = node.attrs['groups'] === undefined ? 1 : number(node, 'groups');
  const x = padded(b, node, first(inputs).name);
  const channels = at(first(inputs).shape, 2) / groups;
  const parts = Array.from({ length: groups }, (_, group) => {
    const input = groups === 1 ? x : b.slice(x, [0, 0, 0, group * channels], [-1, -1, -1, channels]);
    return b.node('Conv2D', [input, kernelOf(b, role(node, 'kernel'), group, groups)], windowAttributes(node));
  });
  const joined = parts.length === 1 ? at(parts, 0) : b.concat(parts, 3);
  return node.weights['bias'] === undefined ? joined : b.node('AddV2', [joined, b.weight(role(node, 'bias'))]);
};

const depthwise: TfjsConverter = (b, node, inputs) => {
  const kernel = b.weight(role(node, 'kernel'), 'depthwise', (values, shape) => {
    const [channels = 0, , height = 0, width = 0] = shape;
    return { values: permute(values, shape, [2, 3, 0, 1]), shape: [height, width, channels, 1] };
  });
  return b.node('DepthwiseConv2dNative', [padded(b, node, first(inputs).name), kernel], windowAttributes(node));
};

/** Written out, since the fused form takes maps only: x * (gamma / sqrt(variance + epsilon)) + (beta - mean * ...). */
const batchNorm: TfjsConverter = (b, node, inputs) => {
  const [gamma, beta, mean, variance] = ['gamma', 'beta', 'mean', 'variance'].map((part) => b.weight(role(node, part))) as [
    string,
    string,
    string,
    string,
  ];
  const scale = b.node('Mul', [gamma, b.node('Rsqrt', [b.node('AddV2', [variance, b.number(number(node, 'epsilon'))])])]);
  return b.node('AddV2', [b.node('Mul', [b.node('Sub', [first(inputs).name, mean]), scale]), beta]);
};

const layerNorm: TfjsConverter = (b, node, inputs) => {
  const { name } = first(inputs);
  const centred = b.node('Sub', [name, b.mean(name, [-1])]);
  const variance = b.mean(b.node('Square', [centred]), [-1]);
  const inverse = b.node('Rsqrt', [b.node('AddV2', [variance, b.number(number(node, 'epsilon'))])]);
  const scaled = b.node('Mul', [b.node('Mul', [centred, inverse]), b.weight(role(node, 'gamma'))]);
  return b.node('AddV2', [scaled, b.weight(role(node, 'beta'))]);
};

/** One plain matrix product: whatever is before the last axis becomes rows. */
const linear: TfjsConverter = (b, node, inputs) => {
  const { name, shape } = first(inputs);
  const kernel = b.weight(role(node, 'kernel'), 'transposed', (values, [out = 0, features = 0]) => ({
    values: permute(values, [out, features], [1, 0]),
    shape: [features, out],
  }));
  const rows = shape.length === 1 ? name : b.reshape(name, [at(shape, shape.length - 1)]);
  const flags = { transpose_a: { b: false }, transpose_b: { b: false } };
  const product = b.node('MatMul', [rows, kernel], flags);
  const biased = node.weights['bias'] === undefined ? product : b.node('AddV2', [product, b.weight(role(node, 'bias'))]);
  return shape.length === 1 ? biased : b.reshape(biased, node.shape);
};

/** [batch or 1, tokens, heads * width] -> [batch or 1, heads, tokens, width]. */
const attention: TfjsConverter = (b, node, inputs) => {
  const heads = number(node, 'heads');
  const [q, k, v] = inputs.map(({ name, shape: [tokens = 0, width = 0] }) =>
    b.transpose(b.reshape(name, [tokens, heads, width / heads]), [0, 2, 1, 3]),
  ) as [string, string, string];
  const scores = b.node('BatchMatMulV2', [q, k], { adj_x: { b: false }, adj_y: { b: true } });
  const weights = b.node('Softmax', [b.node('Mul', [scores, b.number(number(node, 'scale'))])]);
  const mixed = b.node('BatchMatMulV2', [weights, v], { adj_x: { b: false }, adj_y: { b: false } });
  return b.reshape(b.transpose(mixed, [0, 2, 1, 3]), node.shape);
};

const channelShuffle: TfjsConverter = (b, node, inputs) => {
  const { name, shape } = first(inputs);
  const groups = number(node, 'groups');
  const outer = shape.slice(0, -1);
  const dealt = b.reshape(name, [...outer, groups, at(shape, shape.length - 1) / groups]);
  return b.reshape(b.transpose(dealt, [0, ...axesOf(outer), outer.length + 2, outer.length + 1]), shape);
};

/** The map is the same for every image: adding it to zeros of the batch repeats it. */
const appendPositionMap: TfjsConverter = (b, node, inputs) => {
  const { name } = first(inputs);
  const [height = 0, width = 0] = node.shape;
  const nothing = b.node('ZerosLike', [b.slice(name, [0, 0, 0, 0], [-1, -1, -1, 1])]);
  const map = b.node('AddV2', [nothing, b.floats(positionMap(height, width), [1, height, width, 2])]);
  return b.concat([name, map], 3);
};

const sliceChannels: TfjsConverter = (b, node, inputs) => {
  const outer = node.shape.slice(0, -1);
  return b.slice(first(inputs).name, [0, ...zeros(outer), number(node, 'start')], [-1, ...wholeAxes(outer), number(node, 'length')]);
};

const padChannels: TfjsConverter = (b, node, inputs) => {
  const { name, shape } = first(inputs);
  const missing = number(node, 'width') - at(shape, shape.length - 1);
  return b.pad(name, [...shape.map(() => [0, 0] as const), [0, missing]]);
};

/** One converter an op of engine/graph/ops. */
export const tfjsConverters: Readonly<Record<string, TfjsConverter>> = {
  activation: (b, node, inputs) => activations[node.attrs['kind'] as ActivationKind](b, first(inputs).name),
  'adaptive-average-pool': (b, node, inputs) => poolCells(b, first(inputs), numbers(node, 'size')),
  add: (b, _node, inputs) =>
    names(inputs)
      .slice(1)
      .reduce((sum, name) => b.node('AddV2', [sum, name]), first(inputs).name),
  'append-position-map': appendPositionMap,
  'batch-norm': batchNorm,
  'block-average-pool': (b, node, inputs) => poolWindow(b, first(inputs).name, numbers(node, 'block'), numbers(node, 'block')),
  'channel-shuffle': channelShuffle,
  concat: (b, node, inputs) => b.concat(names(inputs), node.shape.length),
  conv2d,
  'depthwise-conv2d': depthwise,
  dropout: (b, _node, inputs) => b.node('Identity', names(inputs)),
  flatten: (b, node, inputs) => b.reshape(first(inputs).name, node.shape),
  'global-average-pool': (b, _node, inputs) => b.mean(first(inputs).name, [1, 2]),
  'layer-norm': layerNorm,
  linear,
  mul: (b, _node, inputs) => b.node('Mul', names(inputs)),
  'pad-channels': padChannels,
  parameter: (b, node) =>
    b.node('Identity', [b.weight(role(node, 'value'), 'batch', (values, shape) => ({ values, shape: [1, ...shape] }))]),
  reshape: (b, node, inputs) => b.reshape(first(inputs).name, node.shape),
  'resize-bilinear': (b, node, inputs) => {
    const aligned = node.attrs['alignCorners'] === true;
    const attributes = { align_corners: { b: aligned }, half_pixel_centers: { b: !aligned } };
    return b.node('ResizeBilinear', [first(inputs).name, b.integers(numbers(node, 'size'))], attributes);
  },
  'resize-nearest': (b, node, inputs) => {
    const attributes = { align_corners: { b: false }, half_pixel_centers: { b: false } };
    return b.node('ResizeNearestNeighbor', [first(inputs).name, b.integers(numbers(node, 'size'))], attributes);
  },
  'scaled-dot-product-attention': attention,
  'slice-channels': sliceChannels,
  'sliding-average-pool': (b, node, inputs) => poolWindow(b, first(inputs).name, numbers(node, 'kernel'), [1, 1]),
  transpose: (b, node, inputs) => b.transpose(first(inputs).name, [0, ...numbers(node, 'permutation').map((axis) => axis + 1)]),
};
