import { activate, add, type NormOptions } from '../../graph/layers.ts';
import type { GraphBuilder, Value } from '../../graph/builder.ts';
import { AtrousStrides, type BackboneOutput } from './graph-backbone.ts';
import { conv, depthwise, truncatedNormal, type SlimOptions } from './layers.ts';

export type XceptionName = 'xception-41' | 'xception-65' | 'xception-71';

interface Block {
  /** Official name. */
  readonly name: string;
  readonly channels: readonly [number, number, number];
  readonly stride: number;
  readonly skip: 'conv' | 'sum' | 'none';
  /** 'before' every separable convolution, or 'inside': behind each of its two convolutions. */
  readonly relu: 'before' | 'inside';
  readonly units: number;
}

/** Entry blocks [channels, stride], units of the middle block, and the entry block (from 0) that the decoder reads. */
const variants: Readonly<
  Record<XceptionName, { readonly entry: readonly (readonly [number, number])[]; readonly middle: number; readonly early: number }>
> = {
  'xception-41': {
    entry: [
      [128, 2],
      [256, 2],
      [728, 2],
    ],
    middle: 8,
    early: 1,
  },
  'xception-65': {
    entry: [
      [128, 2],
      [256, 2],
      [728, 2],
    ],
    middle: 16,
    early: 1,
  },
  'xception-71': {
    entry: [
      [128, 2],
      [256, 1],
      [256, 2],
      [728, 1],
      [728, 2],
    ],
    middle: 16,
    early: 2,
  },
};

function blocksOf(name: XceptionName): readonly Block[] {
  const { entry, middle } = variants[name];
  const usual = { relu: 'before', units: 1 } as const;
  return [
    ...entry.map(([c, stride], i): Block => ({ ...usual, name: `entry_flow/block${i + 1}`, channels: [c, c, c], stride, skip: 'conv' })),
    { ...usual, name: 'middle_flow/block1', channels: [728, 728, 728], stride: 1, skip: 'sum', units: middle },
    { ...usual, name: 'exit_flow/block1', channels: [728, 1024, 1024], stride: 2, skip: 'conv' },
    { name: 'exit_flow/block2', channels: [1536, 1536, 2048], stride: 1, skip: 'none', relu: 'inside', units: 1 },
  ];
}

const norm: NormOptions = { epsilon: 1e-3, momentum: 3e-4 };
const common = { norm, initial: truncatedNormal(0.09), padding: 'centred' } as const;

/** The "modified Xception" of DeepLabv3+ (research/deeplab/core/xception.py) without its classifier: 2048 channels. Image in [-1, 1]. */
export function graphXception(builder: GraphBuilder, image: Value, outputStride: number, name: XceptionName): BackboneOutput {
  const strides = new AtrousStrides(outputStride);
  const root = name.replace('-', '_');
  let x = builder.scoped('backbone.entry_flow', () => {
    const first: SlimOptions = {
      ...common,
      scope: `${root}/entry_flow/conv1_1`,
      activation: 'relu',
      kernel: 3,
      stride: strides.next(2).stride,
    };
    const half = conv(builder, image, 32, first);
    return conv(builder, half, 64, { ...common, scope: `${root}/entry_flow/conv1_2`, activation: 'relu', kernel: 3 });
  });
  let isActivated = true;
  let early = x;
  blocksOf(name).forEach((block, index) => {
    for (let unit = 1; unit <= block.units; unit++) {
      const scope = `${root}/${block.name}/unit_${unit}/xception_module`;
      const { output, second } = builder.scoped(`backbone.${block.name.replace('/', '.')}.unit_${unit}`, () => {
        return xceptionModule(builder, x, scope, { ...block, ...strides.next(block.stride), isActivated });
      });
      x = output;
      isActivated = false;
      if (index === variants[name].early) early = second;
    }
  });
  return { features: x, early };
}

/**
 * Three separable convolutions, the stride in the last one, and a skip. `second` is the result of the second one: batch norm, no ReLU.
 * `isActivated` says that the input is a ReLU's output, on which another one would change nothing.
 */
function xceptionModule(
  builder: GraphBuilder,
  x: Value,
  scope: string,
  { channels, stride, rate, skip, relu, isActivated }: Block & { readonly rate: number; readonly isActivated: boolean },
): { readonly output: Value; readonly second: Value } {
  const inside = relu === 'inside' ? ({ activation: 'relu' } as const) : {};
  const results = [x];
  channels.forEach((width, i) => {
    const name = `${scope}/separable_conv${i + 1}`;
    const input = results[i]!;
    const active = relu === 'inside' || (i === 0 && isActivated) ? input : activate(builder, input, 'relu');
    const filter: SlimOptions = { ...common, ...inside, scope: `${name}_depthwise`, stride: i === 2 ? stride : 1, rate: [rate, rate] };
    results.push(conv(builder, depthwise(builder, active, filter), width, { ...common, ...inside, scope: `${name}_pointwise` }));
  });
  const [, , second, residual] = results as [Value, Value, Value, Value];
  if (skip === 'none') return { output: residual, second };
  const shortcut = skip === 'sum' ? x : conv(builder, x, channels[2], { ...common, scope: `${scope}/shortcut`, stride });
  return { output: add(builder, [residual, shortcut]), second };
}
