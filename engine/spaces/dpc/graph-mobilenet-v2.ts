import type { GraphBuilder, Value } from '../../graph/builder.ts';
import { add, type NormOptions } from '../../graph/layers.ts';
import { AtrousStrides, type BackboneOutput } from './graph-backbone.ts';
import { conv, depthwise, truncatedNormal, type SlimOptions } from './layers.ts';

/** [expansion, channels, stride, repeats] of the inverted residuals; the first of a group has the stride. */
const groups: readonly (readonly [number, number, number, number])[] = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 2, 3],
  [6, 64, 2, 4],
  [6, 96, 1, 3],
  [6, 160, 2, 3],
  [6, 320, 1, 1],
];

/** The unit whose expanded map, behind its depthwise convolution, the decoder reads. */
const earlyUnit = 2;

const norm: NormOptions = { epsilon: 1e-3, momentum: 3e-3 };
const common = { norm, initial: truncatedNormal(0.09) } as const;

/** Channels times a factor as a multiple of 8, never below 8 nor by more than a tenth below what was asked for. */
export function scaledChannels(channels: number, factor: number): number {
  const wanted = channels * factor;
  const rounded = Math.max(8, Math.floor((wanted + 4) / 8) * 8);
  return rounded < 0.9 * wanted ? rounded + 8 : rounded;
}

/** MobileNet-v2 (slim's mobilenet_v2) up to the last inverted residual, without the 1280-channel convolution. Image in [-1, 1]. */
export function graphMobileNetV2(builder: GraphBuilder, image: Value, outputStride: number, width: number): BackboneOutput {
  const strides = new AtrousStrides(outputStride);
  let x = builder.scoped('backbone.Conv', () => {
    const { stride } = strides.next(2);
    const options: SlimOptions = { ...common, scope: 'MobilenetV2/Conv', activation: 'relu6', kernel: 3, stride };
    return conv(builder, image, scaledChannels(32, width), options);
  });
  let early = x;
  const units = groups.flatMap(([expansion, unscaled, stride, repeats]) => {
    const channels = scaledChannels(unscaled, width);
    return Array.from({ length: repeats }, (_, i) => ({ expansion, channels, stride: i === 0 ? stride : 1 }));
  });
  units.forEach((unit, index) => {
    const name = index === 0 ? 'expanded_conv' : `expanded_conv_${index}`;
    const { output, expanded } = builder.scoped(`backbone.${name}`, () => {
      return invertedResidual(builder, x, `MobilenetV2/${name}`, { ...unit, ...strides.next(unit.stride) });
    });
    x = output;
    if (index === earlyUnit) early = expanded;
  });
  return { features: x, early };
}

interface Unit {
  readonly expansion: number;
  readonly channels: number;
  readonly stride: number;
  readonly rate: number;
}

/** Expansion, depthwise 3x3, linear projection, and the input added where shapes are equal. `expanded` is the map before the projection. */
function invertedResidual(
  builder: GraphBuilder,
  x: Value,
  scope: string,
  { expansion, channels, stride, rate }: Unit,
): { readonly output: Value; readonly expanded: Value } {
  const inChannels = x.shape[2] ?? 0;
  const wide = expansion === 1 ? x : conv(builder, x, expansion * inChannels, { ...common, scope: `${scope}/expand`, activation: 'relu6' });
  const filter = { ...common, scope: `${scope}/depthwise`, activation: 'relu6', stride, rate: [rate, rate] } as const;
  const expanded = depthwise(builder, wide, filter);
  const projected = conv(builder, expanded, channels, { ...common, scope: `${scope}/project` });
  return { output: stride === 1 && channels === inChannels ? add(builder, [x, projected]) : projected, expanded };
}
