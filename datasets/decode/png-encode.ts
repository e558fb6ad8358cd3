import { crc32, deflateSync } from 'node:zlib';
import { filterUp } from './png-filters.ts';

export interface PngImage {
  readonly width: number;
  readonly height: number;
  /** 1 grey or palette index, 3 RGB, 4 RGBA. */
  readonly channels: 1 | 3 | 4;
  /** Row-major, interleaved; a Uint16Array is written with 16 bits a sample. */
  readonly data: Uint8Array | Uint16Array;
  /** RGB triples: the samples are then palette indices (one channel, 8 bits). */
  readonly palette?: Uint8Array;
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const COLOR_TYPES: Readonly<Record<1 | 3 | 4, number>> = { 1: 0, 3: 2, 4: 6 };

/** A plain PNG (no interlacing, filter 'up'). `level`: zlib's 0..9. */
export function encodePng(image: PngImage, level = 3): Buffer {
  const { width, height, channels, data, palette } = image;
  if (data.length !== width * height * channels) {
    throw new RangeError(`encodePng: ${data.length} samples for ${height}x${width}x${channels}`);
  }
  const bitDepth = data instanceof Uint16Array ? 16 : 8;
  const rows = data instanceof Uint16Array ? bigEndianBytes(data) : data;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = bitDepth;
  header[9] = palette === undefined ? COLOR_TYPES[channels] : 3;
  const compressed = deflateSync(filterUp(rows, height, (width * channels * bitDepth) >> 3), { level });
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    ...(palette === undefined ? [] : [chunk('PLTE', palette)]),
    chunk('IDAT', compressed),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

function bigEndianBytes(values: Uint16Array): Uint8Array {
  const out = new Uint8Array(values.length * 2);
  for (let i = 0; i < values.length; i++) {
    out[2 * i] = (values[i] as number) >> 8;
    out[2 * i + 1] = values[i] as number;
  }
  return out;
}

function chunk(type: string, content: Uint8Array): Buffer {
  const out = Buffer.alloc(content.length + 12);
  out.writeUInt32BE(content.length, 0);
  out.write(type, 4, 'latin1');
  out.set(content, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + content.length)), 8 + content.length);
  return out;
}
