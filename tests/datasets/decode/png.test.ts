import { decode as fastDecode, encode as fastEncode } from 'fast-png';
import sharp from 'sharp';
import { crc32, deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { hasPictureEnd, readImageHeader } from '../../../datasets/decode/header.ts';
import { decodeInstanceMap, decodeLabelMap } from '../../../datasets/decode/label-map.ts';
import { sniffKind } from '../../../datasets/decode/magic.ts';
import { decodePng } from '../../../datasets/decode/png-decode.ts';
import { encodePng } from '../../../datasets/decode/png-encode.ts';
import { decodeRgb } from '../../../datasets/decode/rgb.ts';
import { createRandom } from '../../../datasets/random.ts';

const height = 7;
const width = 9;
const noise = (length: number, seed = 1): Uint8Array => {
  const random = createRandom(seed);
  return Uint8Array.from({ length }, () => random.int(256));
};

describe('round trip', () => {
  test.each([1, 3, 4] as const)('%i channels of 8 bits, random values', (channels) => {
    const data = noise(height * width * channels);
    const png = decodePng(encodePng({ width, height, channels, data }));
    expect(png).toMatchObject({ width, height, channels, bitDepth: 8 });
    expect(png.data8).toEqual(data);
  });

  test('16 bits keep ids below and above 256', () => {
    const data = Uint16Array.from({ length: height * width }, (_, i) => [7, 255, 256, 26000, 33999][i % 5] as number);
    expect(decodeInstanceMap(encodePng({ width, height, channels: 1, data })).values).toEqual(data);
  });

  test('palette indices stay indices', () => {
    const data = noise(height * width).map((value) => value % 4);
    const palette = Uint8Array.of(0, 0, 0, 250, 10, 20, 30, 40, 50, 255, 255, 255);
    const bytes = encodePng({ width, height, channels: 1, data, palette });
    expect(decodeLabelMap(bytes).values).toEqual(data);
    expect(readImageHeader(bytes)).toMatchObject({ hasPalette: true, channels: 1 });
  });
});

describe('files of other programs', () => {
  test('ours are read by fast-png and sharp', async () => {
    const data = noise(height * width * 3);
    const bytes = encodePng({ width, height, channels: 3, data });
    expect(Uint8Array.from(fastDecode(bytes).data)).toEqual(data);
    expect(Uint8Array.from(await sharp(bytes).raw().toBuffer())).toEqual(data);
  });

  test.each(['none', 'sub', 'up', 'average', 'paeth'] as const)('every filter of the specification: %s', (filter) => {
    const data = noise(height * width * 3, 5);
    const type = ['none', 'sub', 'up', 'average', 'paeth'].indexOf(filter);
    expect(decodePng(withFilter(data, 3, type)).data8).toEqual(data);
  });

  test.each([{ palette: true }, { adaptiveFiltering: true }, {}])('sharp writes %o, we read the same pixels', async (options) => {
    const data = noise(64 * 48 * 3, 9).map((value) => (value >> 6) * 80);
    const bytes = await sharp(data, { raw: { width: 64, height: 48, channels: 3 } })
      .png(options)
      .toBuffer();
    const expected = await sharp(bytes).removeAlpha().raw().toBuffer();
    expect((await decodeRgb(bytes)).rgb).toEqual(Uint8Array.from(expected));
  });

  test('fast-png writes 16-bit grey, we read the same ids', () => {
    const data = Uint16Array.from({ length: height * width }, (_, i) => i * 1000 + 3);
    expect(decodeInstanceMap(fastEncode({ width, height, data, channels: 1, depth: 16 })).values).toEqual(data);
  });

  test.each([1, 2, 4])('%i-bit palettes are unpacked', (bitDepth) => {
    const data = Uint8Array.from({ length: height * width }, (_, i) => i % (1 << bitDepth));
    expect(decodeLabelMap(packedPalette(data, bitDepth)).values).toEqual(data);
  });

  test.each([3, 4] as const)('%i channels with a suggested palette: the palette is no part of the pixels', async (channels) => {
    const data = noise(height * width * channels).map((value) => value % 4);
    const bytes = withChunk(
      encodePng({ width, height, channels, data }),
      'PLTE',
      Uint8Array.from({ length: 12 }, (_, i) => 200 + i),
    );
    expect(decodePng(bytes)).toMatchObject({ channels, palette: undefined });
    const expected = Array.from({ length: height * width }, (_, i) => [...data.subarray(channels * i, channels * i + 3)]).flat();
    expect([...(await decodeRgb(bytes)).rgb]).toEqual(expected);
  });

  test('JPEG, grey and transparent pictures become RGB', async () => {
    const grey = encodePng({ width, height, channels: 1, data: noise(height * width) });
    const transparent = encodePng({ width, height, channels: 4, data: noise(height * width * 4) });
    const jpeg = await sharp(grey).jpeg().toBuffer();
    for (const bytes of [grey, transparent, jpeg]) expect((await decodeRgb(bytes)).rgb).toHaveLength(height * width * 3);
    expect((await decodeRgb(transparent)).rgb[4]).toBe(decodePng(transparent).data8?.[5]);
  });

  test('a rotation tag is seen and not applied', async () => {
    const upright = await sharp(noise(height * width * 3), { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 100 })
      .toBuffer();
    const tagged = await sharp(upright).withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toBuffer();
    expect(readImageHeader(tagged)).toMatchObject({ orientation: 6, width, height });
    expect(await decodeRgb(tagged)).toMatchObject({ width, height });
  });
});

describe('bad files', () => {
  const good = encodePng({ width, height, channels: 1, data: noise(height * width) });

  test.each([
    ['empty', new Uint8Array(0), 'file-zero-bytes'],
    ['an HTML page', Buffer.from('<!DOCTYPE html><html>'), 'file-not-image'],
    ['a zip', Buffer.from('PK\x03\x04rest'), 'file-not-image'],
    ['a Git-LFS pointer', Buffer.from('version https://git-lfs.github.com/spec/v1'), 'file-not-image'],
    ['cut off in the middle', good.subarray(0, good.length >> 1), 'file-truncated'],
    ['without its end mark', good.subarray(0, good.length - 12), 'file-truncated'],
    ['only the signature', good.subarray(0, 8), 'file-truncated'],
    ['pixels overwritten', overwritten(good, 45), 'file-damaged'],
    ['fewer rows than its head says', withHeight(good, height + 1), 'file-damaged'],
    ['a size of 2^31', withHeight(good, 2 ** 31), 'file-damaged'],
    ['height 0', withHeight(good, 0), 'file-damaged'],
    ['a head of 16000 x 16000 pixels over a few bytes', withHeight(withWidth(good, 16_000), 16_000), 'file-damaged'],
    ['palette indices without a palette', withColorType(good, 3), 'file-damaged'],
    ['interlaced', interlaced(good), 'png-interlaced'],
  ])('%s: refused with its own code', (_, bytes, code) => {
    expect(() => decodePng(bytes)).toThrow(expect.objectContaining({ code }));
  });

  test('a picture whose head claims far more than it holds: no memory is set aside for it', () => {
    const before = process.memoryUsage().arrayBuffers;
    expect(() => decodePng(withHeight(withWidth(good, 16_000), 16_000))).toThrow(/cannot hold the 256016000 that its head says/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6);
  });

  test('a changed palette entry or head: seen only when checksums are compared', () => {
    const palette = Uint8Array.of(0, 0, 0, 250, 10, 20);
    const bytes = encodePng({ width, height, channels: 1, data: new Uint8Array(height * width), palette });
    expect(() => decodePng(bytes, { verifiesChecksums: true })).not.toThrow();
    const changed = Buffer.from(bytes);
    const at = changed.indexOf('PLTE') + 4;
    changed[at] = 99;
    expect(decodePng(changed).palette?.[0]).toBe(99);
    expect(() => decodePng(changed, { verifiesChecksums: true })).toThrow(/checksum differs/);
  });

  test('colour pictures are no label maps, 8-bit ones no instance maps', () => {
    const rgb = encodePng({ width, height, channels: 3, data: noise(height * width * 3) });
    expect(() => decodeLabelMap(rgb)).toThrow(expect.objectContaining({ code: 'label-rgb' }));
    expect(() => decodeInstanceMap(good)).toThrow(expect.objectContaining({ code: 'instance-8bit' }));
  });

  test('a cut-off JPEG is told apart from a good one', async () => {
    const jpeg = await sharp(noise(64 * 64 * 3), { raw: { width: 64, height: 64, channels: 3 } })
      .jpeg()
      .toBuffer();
    expect(hasPictureEnd('jpeg', jpeg.subarray(-64))).toBe(true);
    expect(hasPictureEnd('jpeg', jpeg.subarray(0, 700).subarray(-64))).toBe(false);
    await expect(decodeRgb(jpeg.subarray(0, 700))).rejects.toMatchObject({ code: 'file-truncated' });
  });

  test.each([
    ['BM....', 'bmp'],
    ['RIFF1234WEBPVP8 ', 'webp'],
    ['<?xml version', 'xml'],
    ['something', 'unknown'],
  ])('%j is sniffed as %s', (text, kind) => {
    expect(sniffKind(Buffer.from(text))).toBe(kind);
  });
});

/** With one more chunk before the pixel data. */
function withChunk(png: Buffer, type: string, content: Uint8Array): Buffer {
  const at = png.indexOf('IDAT') - 4;
  const head = Buffer.alloc(8);
  head.writeUInt32BE(content.length, 0);
  head.write(type, 4, 'latin1');
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(Buffer.concat([head.subarray(4), content])));
  return Buffer.concat([png.subarray(0, at), head, content, checksum, png.subarray(at)]);
}

function withWidth(png: Buffer, value: number): Buffer {
  const bytes = Buffer.from(png);
  bytes.writeUInt32BE(value, 16);
  return bytes;
}

function withColorType(png: Buffer, value: number): Buffer {
  const bytes = Buffer.from(png);
  bytes[25] = value;
  return bytes;
}

function overwritten(png: Buffer, at: number): Buffer {
  const bytes = Buffer.from(png);
  bytes.fill(0xff, at, at + 12);
  return bytes;
}

function withHeight(png: Buffer, value: number): Buffer {
  const bytes = Buffer.from(png);
  bytes.writeUInt32BE(value, 20);
  return bytes;
}

function interlaced(png: Buffer): Buffer {
  const bytes = Buffer.from(png);
  bytes[28] = 1;
  return bytes;
}

/** An encoder of the test's own, with one filter for all rows. */
function withFilter(data: Uint8Array, channels: 3, type: number): Buffer {
  const rowBytes = width * channels;
  const raw = Buffer.alloc(height * (rowBytes + 1));
  const at = (y: number, x: number): number => (y < 0 || x < 0 ? 0 : (data[y * rowBytes + x] as number));
  for (let y = 0; y < height; y++) {
    raw[y * (rowBytes + 1)] = type;
    for (let x = 0; x < rowBytes; x++) {
      const [left, up, corner] = [at(y, x - channels), at(y - 1, x), x < channels ? 0 : at(y - 1, x - channels)];
      const p = left + up - corner;
      const distances = [Math.abs(p - left), Math.abs(p - up), Math.abs(p - corner)];
      const paeth = [left, up, corner][distances.indexOf(Math.min(...distances))] as number;
      const guess = [0, left, up, (left + up) >> 1, paeth][type] as number;
      raw[y * (rowBytes + 1) + 1 + x] = (at(y, x) - guess) & 255;
    }
  }
  return replaceData(encodePng({ width, height, channels, data }), raw);
}

function packedPalette(data: Uint8Array, bitDepth: number): Buffer {
  const rowBytes = Math.ceil((width * bitDepth) / 8);
  const raw = Buffer.alloc(height * (rowBytes + 1));
  data.forEach((value, i) => {
    const [y, x] = [Math.floor(i / width), i % width];
    const at = y * (rowBytes + 1) + 1 + Math.floor((x * bitDepth) / 8);
    raw[at] = (raw[at] as number) | (value << (8 - bitDepth - ((x * bitDepth) % 8)));
  });
  const png = replaceData(encodePng({ width, height, channels: 1, data, palette: new Uint8Array(3 * 16) }), raw);
  png[24] = bitDepth;
  return png;
}

/** The same file with other (unfiltered) pixel data; checksums of chunks are not read. */
function replaceData(png: Buffer, raw: Buffer): Buffer {
  const at = png.indexOf('IDAT') - 4;
  const end = at + 12 + png.readUInt32BE(at);
  const compressed = deflateSync(raw);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(compressed.length, 0);
  head.write('IDAT', 4, 'latin1');
  return Buffer.concat([png.subarray(0, at), head, compressed, Buffer.alloc(4), png.subarray(end)]);
}
