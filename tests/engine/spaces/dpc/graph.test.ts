import { describe, expect, it } from 'vitest';
import { findPublished } from '../../../../engine/catalog.ts';
import type { GraphNode, ModelGraph } from '../../../../engine/graph/model-graph.ts';
import { dpc } from '../../../../engine/spaces/dpc/dpc.ts';
import type { DpcCell } from '../../../../engine/spaces/dpc/cell.ts';
import { graphCellAlone, graphFeatures } from '../../../../engine/spaces/dpc/graph.ts';
import { scaledChannels } from '../../../../engine/spaces/dpc/graph-mobilenet-v2.ts';
import { publishedSettings } from '../../../../engine/spaces/dpc/settings.ts';
import type { Architecture } from '../../../../engine/spaces/search-space.ts';

function network(name: string, settings: Architecture['settings'] = {}, input = [65, 129, 3]): ModelGraph {
  const arch = findPublished(`dpc:${name}`);
  return dpc.graph({ ...arch, settings: { ...arch.settings, ...settings } }, input);
}

/** The node whose kernel belongs to this official scope. */
function layer(graph: ModelGraph, scope: string): GraphNode {
  const found = graph.nodes.find((node) => node.weights['kernel']?.name.startsWith(`${scope}/`));
  expect(found, scope).toBeDefined();
  return found!;
}

const dilationOf = (node: GraphNode): unknown => node.attrs['dilation'] ?? [1, 1];

describe('output strides', () => {
  const units = Array.from({ length: 17 }, (_, i) => `MobilenetV2/${i === 0 ? 'expanded_conv' : `expanded_conv_${i}`}/depthwise`);

  it.each([
    [16, [...Array<number>(14).fill(1), 2, 2, 2]],
    [8, [...Array<number>(7).fill(1), ...Array<number>(7).fill(2), 4, 4, 4]],
  ])('MobileNet-v2 at %i: the unit that loses its stride keeps its rate, those after it get twice that', (outputStride, rates) => {
    const graph = network('top1', { outputStride });
    expect(units.map((unit) => dilationOf(layer(graph, unit)))).toEqual(rates.map((rate) => [rate, rate]));
    expect(layer(graph, 'MobilenetV2/expanded_conv_16/project').shape).toEqual([
      Math.ceil(65 / outputStride),
      Math.ceil(129 / outputStride),
      320,
    ]);
  });

  it.each([
    [16, 1, 1, 2],
    [8, 2, 2, 4],
  ])('Xception-65 at %i: rates of middle and exit flow', (outputStride, middle, exit1, exit2) => {
    const graph = network('aspp-xception-65', { outputStride });
    const rate = (scope: string): unknown => dilationOf(layer(graph, `xception_65/${scope}/xception_module/separable_conv3_depthwise`));
    expect(rate('entry_flow/block3/unit_1')).toEqual([1, 1]);
    expect(rate('middle_flow/block1/unit_16')).toEqual([middle, middle]);
    expect(rate('exit_flow/block1/unit_1')).toEqual([exit1, exit1]);
    expect(rate('exit_flow/block2/unit_1')).toEqual([exit2, exit2]);
  });

  it('the rates of the cell double at 8, height first', () => {
    const rates = (outputStride: number): unknown[] =>
      [0, 1, 4].map((b) => dilationOf(layer(network('top1', { outputStride }), `meta_architecture/branch${b}_depthwise`)));
    expect(rates(16)).toEqual([
      [1, 6],
      [18, 15],
      [6, 21],
    ]);
    expect(rates(8)).toEqual([
      [2, 12],
      [36, 30],
      [12, 42],
    ]);
  });
});

describe('padding on even sides', () => {
  it('MobileNet-v2 pads at the end alone, Xception on both sides', () => {
    const input = [64, 128, 3];
    expect(layer(network('top1', {}, input), 'MobilenetV2/Conv').attrs['padding']).toEqual([0, 1, 0, 1]);
    const xception = network('aspp-xception-65', {}, input);
    expect(layer(xception, 'xception_65/entry_flow/conv1_1').attrs['padding']).toEqual([1, 1, 1, 1]);
    const strided = layer(xception, 'xception_65/entry_flow/block1/unit_1/xception_module/separable_conv3_depthwise');
    expect(strided.attrs).toMatchObject({ stride: [2, 2], padding: [1, 1, 1, 1] });
    expect(layer(xception, 'xception_65/entry_flow/block1/unit_1/xception_module/shortcut').attrs).toMatchObject({
      stride: [2, 2],
      padding: [0, 0, 0, 0],
    });
  });
});

describe('Xception', () => {
  const graph = network('aspp-xception-65');
  const inputOf = (node: GraphNode): GraphNode => graph.nodes.find(({ id }) => id === node.inputs[0])!;
  const norms = (prefix: string): (GraphNode | undefined)[] =>
    graph.nodes
      .filter(({ op, weights }) => op === 'batch-norm' && weights['gamma']!.name.startsWith(prefix))
      .map((norm) => graph.nodes.find(({ op, inputs }) => op === 'activation' && inputs[0] === norm.id));

  it('ReLU before each separable convolution; in the last block behind each of its convolutions', () => {
    const middle = 'xception_65/middle_flow/block1/unit_3/xception_module';
    const separable = [1, 2, 3].map((i) => layer(graph, `${middle}/separable_conv${i}_depthwise`));
    expect(separable.map((node) => inputOf(node).op)).toEqual(['activation', 'activation', 'activation']);
    expect(norms(`${middle}/separable_conv1_depthwise`)).toEqual([undefined]);
    const exit = 'xception_65/exit_flow/block2/unit_1/xception_module';
    expect(norms(exit).map((node) => node?.op)).toEqual(Array(6).fill('activation'));
    expect(inputOf(layer(graph, `${exit}/separable_conv1_depthwise`)).op).toBe('add');
  });

  it('the decoder reads the second separable convolution of its block, before any ReLU', () => {
    const read = inputOf(layer(graph, 'decoder/feature_projection0'));
    expect([read.op, read.weights['gamma']?.name]).toEqual([
      'batch-norm',
      'xception_65/entry_flow/block2/unit_1/xception_module/separable_conv2_pointwise/BatchNorm/gamma',
    ]);
    const deep = network('top1-xception-71');
    const projection = layer(deep, 'decoder/feature_projection0');
    expect(deep.nodes.find(({ id }) => id === projection.inputs[0])!.weights['gamma']!.name).toContain('entry_flow/block3/');
  });

  it('variables are created unit by unit, the shortcut last, and the network ends at a quarter of the image', () => {
    const names = graph.weights
      .map(({ name }) => name)
      .filter((name) => name.startsWith('xception_65/entry_flow/block1/') && /weights$/.test(name));
    expect(names.map((name) => name.split('/').slice(-2).join('/'))).toEqual([
      'separable_conv1_depthwise/depthwise_weights',
      'separable_conv1_pointwise/weights',
      'separable_conv2_depthwise/depthwise_weights',
      'separable_conv2_pointwise/weights',
      'separable_conv3_depthwise/depthwise_weights',
      'separable_conv3_pointwise/weights',
      'shortcut/weights',
    ]);
    expect(graph.nodes.at(-1)!.shape).toEqual([17, 33, 19]);
  });
});

describe('MobileNet-v2', () => {
  it('a decoder reads the expanded map of the third unit behind its ReLU6', () => {
    const graph = network('top1', { decoder: true });
    expect(layer(graph, 'decoder/feature_projection0').inputs).toEqual(['backbone.expanded_conv_2.activation~2']);
    expect(graph.weights.find(({ name }) => name === 'decoder/feature_projection0/weights')!.shape).toEqual([1, 1, 144, 48]);
  });

  it('the input of a unit is added where stride is 1 and channels are equal', () => {
    const graph = network('top1');
    const residual = graph.nodes
      .filter(({ op, scope }) => op === 'add' && scope.startsWith('backbone'))
      .map(({ scope }) => scope.split('_').at(-1));
    expect(residual).toEqual(['2', '4', '5', '7', '8', '9', '11', '12', '14', '15']);
  });

  it('channels times a width are multiples of 8, not below 0.9 of what was asked for', () => {
    expect([32, 16, 24, 320].map((channels) => scaledChannels(channels, 0.5))).toEqual([16, 8, 16, 160]);
    expect([32, 16, 24, 32, 64, 96, 160, 320].map((channels) => scaledChannels(channels, 0.35))).toEqual([16, 8, 8, 16, 24, 32, 56, 112]);
    const narrow = network('top1', { width: 0.35 });
    expect(layer(narrow, 'meta_architecture/branch0_depthwise').shape).toEqual([5, 9, 112]);
  });
});

describe('the cell', () => {
  it('dropout of a tenth lies between concatenation and projection, and nowhere else', () => {
    const graph = network('top1');
    const [dropped, ...others] = graph.nodes.filter(({ op }) => op === 'dropout');
    expect(others).toEqual([]);
    expect(dropped).toMatchObject({ attrs: { rate: 0.1 }, shape: [5, 9, 1280] });
    expect(graph.nodes.find(({ id }) => id === dropped!.inputs[0])!.op).toBe('concat');
    expect(layer(graph, 'meta_architecture/concat_projection').inputs).toEqual([dropped!.id]);
  });

  it('batch norm: epsilon and the share of a batch by the part of the network', () => {
    const graph = network('top1');
    const norms = graph.nodes.filter(({ op }) => op === 'batch-norm');
    const kinds = norms.map(({ scope, attrs }) => `${scope.split('.')[0]} ${String(attrs['epsilon'])} ${String(attrs['momentum'])}`);
    expect(new Set(kinds)).toEqual(new Set(['backbone 0.001 0.003', 'cell 0.00001 0.0003']));
  });

  it('initial draws by layer (specification section 4)', () => {
    const graph = network('aspp-xception-65');
    const initial = (name: string): unknown => graph.weights.find((spec) => spec.name === name)!.initial;
    expect(initial('meta_architecture/branch1_depthwise/depthwise_weights')).toEqual({ distribution: 'truncated-normal', scale: 0.33 });
    expect(initial('meta_architecture/branch1_pointwise/weights')).toEqual({ distribution: 'truncated-normal', scale: 0.06 });
    expect(initial('meta_architecture/branch0/weights')).toEqual({ distribution: 'uniform', scale: Math.sqrt(6 / (2048 + 256)) });
    expect(initial('meta_architecture/concat_projection/weights')).toEqual({ distribution: 'uniform', scale: Math.sqrt(6 / (1280 + 256)) });
    expect(initial('logits/semantic/weights')).toEqual({ distribution: 'truncated-normal', scale: 0.01 });
    expect(initial('xception_65/entry_flow/conv1_1/weights')).toEqual({ distribution: 'truncated-normal', scale: 0.09 });
  });

  it('pooling windows follow a pooling crop; a window of one pixel and a resize to the same size vanish', () => {
    const cell: DpcCell = [{ operation: { kind: 'pool', grid: [1, 2] }, input: -1 }];
    const options = { filters: 4, outputStride: 8, poolMode: 'sliding', poolingCrop: [] } as const;
    const opsOf = (graph: ModelGraph): string[] => graph.nodes.map(({ op }) => op);
    const kernelOf = (poolingCrop: readonly [number, number] | readonly []): unknown =>
      graphCellAlone(cell, { ...options, poolingCrop }, [33, 33, 3]).nodes[0]!.attrs['kernel'];
    expect(kernelOf([])).toEqual([33, 17]); // official unit tests: crop 257, output stride 8
    expect(kernelOf([129, 129])).toEqual([17, 9]);
    expect(opsOf(graphCellAlone(cell, options, [1, 2, 3])).slice(0, 4)).toEqual(['conv2d', 'batch-norm', 'activation', 'dropout']);
    const grid = graphCellAlone(cell, { ...options, poolMode: 'grid' }, [33, 33, 3]).nodes;
    expect([grid[0]!.op, grid[0]!.shape]).toEqual(['adaptive-average-pool', [1, 2, 3]]);
    expect(grid.find(({ op }) => op === 'resize-bilinear')!.attrs).toEqual({ size: [33, 33], alignCorners: true });
  });
});

describe('features apart from the cell', () => {
  it('backbone alone and cell on its features have together the weights of the whole network', () => {
    const whole = network('top1');
    const features = graphFeatures(publishedSettings('mobilenet-v2'), [65, 129, 3]);
    const [height, width, channels] = features.nodes.at(-1)!.shape as [number, number, number];
    const head = network('top1', { backbone: 'none' }, [height, width, channels]);
    expect([...features.weights, ...head.weights]).toEqual(whole.weights);
    expect(head.nodes.at(-1)!.shape).toEqual(whole.nodes.at(-1)!.shape);
  });
});
