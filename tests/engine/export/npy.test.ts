import { describe, expect, test } from 'vitest';
import { readNpy, writeNpy } from '../../../engine/export/npy.ts';

/** A file as numpy writes it: header text padded to a multiple of 64 bytes. */
function file(header: string, body: Uint8Array, version = 1): Uint8Array {
  const start = version === 1 ? 10 : 12;
  const length = Math.ceil((start + header.length + 1) / 64) * 64 - start;
  const bytes = new Uint8Array(start + length + body.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  const view = new DataView(bytes.buffer);
  if (version === 1) view.setUint16(8, length, true);
  else view.setUint32(8, length, true);
  bytes.set(new TextEncoder().encode(`${header.padEnd(length - 1)}\n`), start);
  bytes.set(body, start + length);
  return bytes;
}
const header = (type: string, shape: string, order = 'False'): string =>
  `{'descr': '${type}', 'fortran_order': ${order}, 'shape': ${shape}, }`;

describe('readNpy', () => {
  test('every element type becomes float32', () => {
    const cases: readonly (readonly [string, ArrayBufferView & { buffer: ArrayBufferLike }])[] = [
      ['<f4', Float32Array.of(1.5, -2, 3)],
      ['<f8', Float64Array.of(1.5, -2, 3)],
      ['<i4', Int32Array.of(1, -2, 3)],
      ['<i8', BigInt64Array.of(1n, -2n, 3n)],
      ['|i1', Int8Array.of(1, -2, 3)],
      ['|u1', Uint8Array.of(1, 254, 3)],
    ];
    for (const [type, values] of cases) {
      const read = readNpy(file(header(type, '(3, 1)'), new Uint8Array(values.buffer)));
      expect(read.shape).toEqual([3, 1]);
      expect([...read.data]).toEqual([...(values as unknown as Iterable<number | bigint>)].map(Number));
    }
  });

  test('format version 2, a vector, a single number and an empty array', () => {
    const one = new Uint8Array(Float32Array.of(7).buffer);
    expect(readNpy(file(header('<f4', '(1,)'), one, 2))).toEqual({ shape: [1], data: Float32Array.of(7) });
    expect(readNpy(file(header('<f4', '()'), one)).shape).toEqual([]);
    expect(readNpy(file(header('<f4', '(0, 4)'), new Uint8Array(0))).data).toHaveLength(0);
  });

  test('version 1 with a header padded to 64 bytes: read, and written again byte for byte', () => {
    const body = new Uint8Array(Float32Array.of(0, 1, 2, 3, 4, 5).buffer);
    const bytes = file(header('<f4', '(1, 2, 3)'), body);
    expect(readNpy(bytes)).toEqual({ shape: [1, 2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) });
    expect(writeNpy(readNpy(bytes))).toEqual(bytes);
  });

  test.each([
    ['not a npy file', new TextEncoder().encode('hello, hello'), /does not begin/],
    ['too short', Uint8Array.of(0x93, 0x4e), /does not begin/],
    ['an unknown version', file(header('<f4', '(1,)'), new Uint8Array(4), 9), /version 9/],
    ['a header longer than the file', file(header('<f4', '(1,)'), new Uint8Array(4)).subarray(0, 60), /does not fit/],
    ['more elements than bytes', file(header('<f4', '(100000, 100000)'), new Uint8Array(4)), /needs 40000000000 bytes, the file has 4/],
    ['fewer elements than bytes', file(header('<f4', '(1,)'), new Uint8Array(8)), /needs 4 bytes, the file has 8/],
    ['big-endian elements', file(header('>f4', '(1,)'), new Uint8Array(4)), /type '>f4'/],
    ['Fortran order', file(header('<f4', '(1,)', 'True'), new Uint8Array(4)), /Fortran order/],
    ['a header without a shape', file(`{'descr': '<f4', 'fortran_order': False}`, new Uint8Array(4)), /lacks/],
    ['a negative length', file(header('<f4', '(-1,)'), new Uint8Array(4)), /lacks/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => readNpy(bytes)).toThrow(message);
    expect(() => readNpy(bytes)).toThrow(expect.objectContaining({ code: 'invalid-npy' }));
  });
});

describe('writeNpy', () => {
  test('reading what was written gives the same, data at a multiple of 64 bytes', () => {
    const array = { shape: [2, 1, 3], data: Float32Array.of(0.1, -2, 3e-38, 4, Infinity, 6) };
    const bytes = writeNpy(array);
    expect((bytes.length - 24) % 64).toBe(0);
    expect(readNpy(bytes)).toEqual(array);
  });

  test('a shape that does not fit is refused', () => {
    expect(() => writeNpy({ shape: [2], data: new Float32Array(3) })).toThrow(/does not fit 3 elements/);
  });
});
