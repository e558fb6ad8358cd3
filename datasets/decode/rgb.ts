import { DatasetError } from '../source.ts';
import { readImageHeader } from './header.ts';
import { describeKind, sniffKind } from './magic.ts';
import { decodePng, type Png, type PngDecodeOptions } from './png-decode.ts';

export interface RgbImage {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3], 8 bits. */
  readonly rgb: Uint8Array;
}

/**
 * Any PNG or JPEG as 8-bit sRGB: alpha dropped, grey replicated, palettes expanded, 16 bits reduced to 8, EXIF orientation not applied.
 * Plain PNGs go through our own decoder, everything else through sharp.
 * Throws DatasetError 'file-not-image', 'file-truncated', 'file-damaged'; the message names no file, the caller does.
 */
export async function decodeRgb(bytes: Uint8Array, options: PngDecodeOptions = {}): Promise<RgbImage> {
  const kind = sniffKind(bytes);
  if (kind !== 'png' && kind !== 'jpeg') {
    throw new DatasetError(
      kind === 'empty' ? 'file-zero-bytes' : 'file-not-image',
      `is ${describeKind(kind)}; expected a PNG or JPEG picture`,
      {
        tip: 'Copy or unpack the file again.',
      },
    );
  }
  const header = readImageHeader(bytes);
  if (kind === 'png' && header !== undefined && !header.isInterlaced && header.bitDepth <= 8) {
    // Only the samples of plain RGB are the pixels themselves, and go into the memory that the caller gives.
    const decoding = header.channels === 3 ? options : { verifiesChecksums: options.verifiesChecksums === true };
    if (header.bitDepth === 8 || header.hasPalette) return toRgb(decodePng(bytes, decoding), options);
  }
  return decodeWithSharp(bytes, options);
}

function toRgb(png: Png, options: PngDecodeOptions): RgbImage {
  const { width, height, channels, palette } = png;
  const data = png.data8 as Uint8Array;
  if (channels === 3) return { width, height, rgb: data };
  const rgb = (options.allocate ?? ((length: number) => new Uint8Array(length)))(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const at = i * channels;
    for (let c = 0; c < 3; c++) {
      if (palette !== undefined) rgb[3 * i + c] = palette[3 * (data[at] as number) + c] ?? 0;
      else rgb[3 * i + c] = data[channels === 4 ? at + c : at] as number;
    }
  }
  return { width, height, rgb };
}

async function decodeWithSharp(bytes: Uint8Array, options: PngDecodeOptions): Promise<RgbImage> {
  const { default: sharp } = await import('sharp');
  try {
    // failOn 'truncated': the default also refuses slightly broken JPEGs that the reference readers accept.
    const { data, info } = await sharp(bytes, { failOn: 'truncated' })
      .removeAlpha()
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    const rgb = (options.allocate ?? ((length: number) => new Uint8Array(length)))(data.length);
    rgb.set(data);
    return { width: info.width, height: info.height, rgb };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const isTruncated = /truncat|premature|unexpected end|too short/i.test(reason);
    throw new DatasetError(isTruncated ? 'file-truncated' : 'file-damaged', `cannot be decoded (${reason})`, {
      cause,
      tip: 'Copy or unpack the file again.',
    });
  }
}
