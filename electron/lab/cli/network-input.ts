import { extname } from 'node:path';
import { decodeRgb } from '../../../datasets/decode/rgb.ts';
import { DatasetError } from '../../../datasets/source.ts';
import { normalizeInto } from '../../../datasets/transforms/normalize.ts';
import type { Normalization } from '../../../datasets/transforms/normalize.ts';
import { readNpy } from '../../../engine/export/npy.ts';
import type { NpyArray } from '../../../engine/export/npy.ts';
import { fillImages } from '../../../engine/run/fill.ts';
import { CliError } from './failure.ts';
import { readBytes } from './files.ts';

/** Largest side and element count of an input: beyond it a size was mistyped. */
const largestElements = 2 ** 29;

/**
 * The argument X of `lab predict` as [batch, height, width, channels]: 'fill:1x128x96x3' (the deterministic fill), a .npy file as it is,
 * or a PNG or JPEG, normalised as the network expects. Throws CliError, EngineError 'invalid-npy' and what the decoder throws.
 */
export async function readNetworkInput(text: string, normalization: Normalization): Promise<NpyArray> {
  if (text.startsWith('fill:')) return fillInput(text);
  const bytes = readBytes(text, 'the input');
  if (extname(text).toLowerCase() === '.npy') {
    const array = readNpy(bytes);
    if (array.shape.length !== 4 || array.data.length === 0) {
      throw new CliError(
        'invalid-input',
        `Reading the input: ${text} has shape [${array.shape.join(', ')}], expected [batch, height, width, channels].`,
      );
    }
    return array;
  }
  try {
    const { height, width, rgb } = await decodeRgb(bytes);
    const data = new Float32Array(rgb.length);
    normalizeInto(data, rgb, { height, width, outWidth: width, isFlipped: false }, normalization);
    return { shape: [1, height, width, 3], data };
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    throw new CliError('invalid-input', `Reading the input: ${text} ${error.message}.`, {
      tip: 'X is a .npy, .png or .jpg file, or fill:1x128x96x3.',
      cause: error,
    });
  }
}

function fillInput(text: string): NpyArray {
  const match = /^fill:(\d{1,6})x(\d{1,6})x(\d{1,6})x(\d{1,6})$/.exec(text);
  const shape = (match ?? []).slice(1).map(Number);
  const [batch = 0, height = 0, width = 0, channels = 0] = shape;
  const elements = batch * height * width * channels;
  if (elements < 1 || elements > largestElements) {
    throw new CliError('usage', `--input expects fill:BATCHxHEIGHTxWIDTHxCHANNELS, got '${text}'.`, {
      tip: 'For example fill:1x64x128x3.',
    });
  }
  return { shape, data: fillImages([batch, channels, height, width]).values };
}
