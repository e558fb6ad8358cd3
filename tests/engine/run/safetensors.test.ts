import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../engine/error.ts';
import { float32Values, readSafetensors, writeSafetensors } from '../../../engine/run/safetensors.ts';

const good = writeSafetensors(
  [
    { name: 'b', dtype: 'F32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
    { name: 'a', dtype: 'I64', shape: [], data: BigInt64Array.of(7n) },
  ],
  { space: 'hr-nas' },
);

/** A file from a header of any kind and a number of data bytes. */
function file(header: unknown, dataBytes: number): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const tensor = (begin: number, end: number, shape: unknown = [2], dtype: unknown = 'F32'): unknown => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe('safetensors', () => {
  it('what was written is read: metadata, order of the data, shapes, values', () => {
    const { metadata, tensors } = readSafetensors(good);
    expect(metadata).toEqual({ space: 'hr-nas' });
    expect([...tensors.keys()]).toEqual(['b', 'a']);
    expect(tensors.get('b')).toMatchObject({ dtype: 'F32', shape: [2, 3] });
    expect([...float32Values(tensors.get('b')!)]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...float32Values(tensors.get('a')!)]).toEqual([7]);
  });

  it('the header is as the format says: length, JSON, data aligned to 8 bytes', () => {
    const length = Number(new DataView(good.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(good.subarray(8, 8 + length))) as Record<string, unknown>;
    expect(header).toEqual({
      __metadata__: { space: 'hr-nas' },
      b: { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
      a: { dtype: 'I64', shape: [], data_offsets: [24, 32] },
    });
    expect(good.length).toBe(8 + length + 32);
  });

  it('half precision and other types become float32', () => {
    const values = (dtype: 'F16' | 'BF16' | 'F64' | 'I32' | 'U8', data: ArrayBufferView, n: number): number[] => [
      ...float32Values(readSafetensors(writeSafetensors([{ name: 'x', dtype, shape: [n], data }])).tensors.get('x')!),
    ];
    expect(values('F16', Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7c00, 0x3555), 5)).toEqual([1, -2, 2 ** -24, Infinity, 0.333251953125]);
    expect(values('BF16', Uint16Array.of(0x3f80, 0xc000, 0x4049), 3)).toEqual([1, -2, 3.140625]);
    expect(values('F64', Float64Array.of(0.1), 1)).toEqual([Math.fround(0.1)]);
    expect(values('I32', Int32Array.of(-5), 1)).toEqual([-5]);
    expect(values('U8', Uint8Array.of(200), 1)).toEqual([200]);
  });

  it('a view into a larger buffer is read at its own offset', () => {
    const shifted = new Uint8Array(good.length + 3).subarray(3);
    shifted.set(good);
    expect([...float32Values(readSafetensors(shifted).tensors.get('b')!)]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  const hugeHeader = new Uint8Array(16);
  new DataView(hugeHeader.buffer).setBigUint64(0, 1n << 40n, true);
  const cases: [string, Uint8Array, RegExp][] = [
    ['an empty file', new Uint8Array(0), /too few for a header/],
    ['a header larger than allowed', hugeHeader, /at most 100000000/],
    ['a header longer than the file', file('{}', 0).subarray(0, 9), /the file has only 9/],
    ['a header that is no JSON', file('{"a"', 0), /not JSON/],
    ['a header that is no UTF-8', Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe), /not JSON/],
    ['a header that is a list', file('[]', 0), /not a JSON object/],
    ['an unknown type', file({ a: tensor(0, 8, [2], 'F8') }, 8), /unknown type "F8"/],
    ['a type named like a method', file({ a: tensor(0, 8, [2], 'toString') }, 8), /unknown type/],
    ['a negative length', file({ a: tensor(0, 8, [-2]) }, 8), /shape \[-2\]/],
    ['too many axes', file({ a: tensor(0, 8, Array<number>(9).fill(1)) }, 8), /shape/],
    ['a shape whose size overflows', file({ a: tensor(0, 8, [2 ** 40, 2 ** 40]) }, 8), /needs .* bytes/],
    ['offsets that are no numbers', file({ a: { dtype: 'F32', shape: [2], data_offsets: ['0', 8] } }, 8), /offsets/],
    ['one offset', file({ a: { dtype: 'F32', shape: [2], data_offsets: [0] } }, 8), /offsets/],
    ['offsets beyond the file', file({ a: tensor(0, 8) }, 4), /outside of the 4 bytes/],
    ['offsets that run backwards', file({ a: tensor(8, 0) }, 8), /outside/],
    ['offsets of another size than the shape', file({ a: tensor(0, 4) }, 4), /needs 8 bytes, the offsets give it 4/],
    ['two tensors that overlap', file({ a: tensor(0, 8), b: tensor(4, 12) }, 12), /b begins at 4; expected 8/],
    ['two tensors at one place', file({ a: tensor(0, 8), b: tensor(0, 8) }, 8), /begins at 0; expected 8/],
    ['a gap between tensors', file({ a: tensor(0, 8), b: tensor(12, 20) }, 20), /begins at 12; expected 8/],
    ['bytes after the last tensor', file({ a: tensor(0, 8) }, 9), /tensors end at 8/],
    ['metadata that are no texts', file({ __metadata__: { a: 1 }, a: tensor(0, 8) }, 8), /metadata/],
  ];
  it.each(cases)('%s is refused', (_, bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(message);
    expect(() => readSafetensors(bytes)).toThrow(EngineError);
  });

  it('a name that is written twice and data of another size are refused', () => {
    const entry = { name: 'a', dtype: 'F32', shape: [1], data: Float32Array.of(1) } as const;
    expect(() => writeSafetensors([entry, entry])).toThrow(/cannot be written twice/);
    expect(() => writeSafetensors([{ ...entry, shape: [2] }])).toThrow(/needs 8 bytes, 4 came/);
  });
});
