import type { GraphBuilder, Value } from '../../graph/builder.ts';
import { concat } from '../../graph/layers.ts';
import { headNorm } from './graph-cell.ts';
import { conv, resizeAligned, splitSeparable } from './layers.ts';

const earlyChannels = 48;
const decoderChannels = 256;

/** DeepLabv3+'s decoder: the cell's output is enlarged to the early features [h / 4, w / 4, channels] and refined with them to [h / 4, w / 4, 256]. */
export function graphDecoder(builder: GraphBuilder, x: Value, early: Value): Value {
  return builder.scoped('decoder', () => {
    const projected = conv(builder, early, earlyChannels, { scope: 'decoder/feature_projection0', norm: headNorm, activation: 'relu' });
    const [height = 0, width = 0] = projected.shape;
    const joined = concat(builder, [resizeAligned(builder, x, [height, width]), projected]);
    const first = splitSeparable(builder, joined, decoderChannels, { scope: 'decoder/decoder_conv0', norm: headNorm });
    return splitSeparable(builder, first, decoderChannels, { scope: 'decoder/decoder_conv1', norm: headNorm });
  });
}
