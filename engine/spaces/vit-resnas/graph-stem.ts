import type { GraphBuilder, Value } from '../../graph/builder.ts';
import * as layers from '../../graph/layers.ts';
import type { VitStem } from './network.ts';

const norm = { epsilon: 1e-5, momentum: 0.1 };
const noPadding = [0, 0, 0, 0] as const;

/**
 * Image to patch tokens, still as a map (specification section 1.2): [side, side, 3] -> [side / patch, side / patch, width].
 * The convolutional form halves the image once, adds a residual of two convolutions and projects patches of half the size.
 */
export function graphStem(builder: GraphBuilder, image: Value, stem: VitStem, width: number): Value {
  return builder.scoped('stem', () => {
    const name = 'patch_embed';
    if (stem.kind === 'patch') return project(builder, image, `${name}.proj`, width, stem.patchSize);
    const first = convNormRelu(builder, image, `${name}.conv1`, stem.channels, 2); // [side / 2, side / 2, channels]
    builder.module(`${name}.conv1`, [first]);
    const second = convNormRelu(builder, first, `${name}.conv2`, stem.channels, 1);
    const third = convNormRelu(builder, second, `${name}.conv3`, stem.channels, 1);
    return project(builder, layers.add(builder, [third, first]), `${name}.conv_proj`, width, stem.patchSize / 2);
  });
}

function convNormRelu(builder: GraphBuilder, x: Value, name: string, channels: number, stride: number): Value {
  const y = layers.conv(builder, x, { name: `${name}.conv`, channels, kernel: 3, stride });
  return layers.activate(builder, layers.batchNorm(builder, y, `${name}.bn`, norm), 'relu');
}

/** Patches that do not overlap, each to one token. */
function project(builder: GraphBuilder, x: Value, name: string, channels: number, size: number): Value {
  return layers.conv(builder, x, { name, channels, kernel: size, stride: size, bias: true, padding: noPadding });
}
