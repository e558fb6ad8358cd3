/**
 * The safetensors format: 8 bytes header length (little endian), a JSON header, then the tensors' bytes without gaps.
 * Nothing in a file is trusted: lengths, offsets, types and shapes are checked before anything is read.
 */
import { EngineError } from '../error.ts';
import type { Shape } from '../graph/model-graph.ts';

const bytesPerElement = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, BOOL: 1 } as const;
export type SafetensorsDtype = keyof typeof bytesPerElement;

/** Limit of the official implementation, in bytes. */
const maxHeaderBytes = 100_000_000;
const maxRank = 8;

/** One tensor to write. `data` is row-major and has the type's width. */
export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: Shape;
  readonly data: ArrayBufferView;
}

/** One tensor as read: a copy of its bytes, so that the file's buffer can go. */
export interface SafetensorsTensor {
  readonly dtype: SafetensorsDtype;
  readonly shape: Shape;
  readonly bytes: Uint8Array;
}

export interface SafetensorsFile {
  readonly metadata: Readonly<Record<string, string>>;
  /** In the order of the data. */
  readonly tensors: ReadonlyMap<string, SafetensorsTensor>;
}

/** The bytes of a file; equal entries and metadata give equal bytes. */
export function writeSafetensors(entries: readonly SafetensorsEntry[], metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  let offset = 0;
  for (const { name, dtype, shape, data } of entries) {
    const expected = byteLength(dtype, shape);
    if (name === '__metadata__' || Object.hasOwn(header, name)) throw badFile(`the name ${name} cannot be written twice`);
    if (data.byteLength !== expected)
      throw badFile(`${name}: ${dtype} [${shape.join(', ')}] needs ${expected} bytes, ${data.byteLength} came`);
    header[name] = { dtype, shape, data_offsets: [offset, offset + expected] };
    offset += expected;
  }
  let json = JSON.stringify(header);
  while (new TextEncoder().encode(json).length % 8 !== 0) json += ' ';
  const headerBytes = new TextEncoder().encode(json);
  const file = new Uint8Array(8 + headerBytes.length + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes.length), true);
  file.set(headerBytes, 8);
  let position = 8 + headerBytes.length;
  for (const { data } of entries) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return file;
}

/** Reads a whole file. Throws EngineError 'bad-weights-file'. */
export function readSafetensors(file: Uint8Array): SafetensorsFile {
  const { header, start } = readHeader(file);
  const dataLength = file.length - start;
  const { __metadata__: metadata = {}, ...infos } = header;
  const parsed = Object.entries(infos).map(([name, info]) => ({ name, ...parseInfo(name, info, dataLength) }));
  parsed.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let expected = 0;
  for (const { name, begin, end } of parsed) {
    if (begin !== expected)
      throw badFile(`the data of ${name} begins at ${begin}; expected ${expected} (tensors neither overlap nor leave gaps)`);
    expected = end;
  }
  if (expected !== dataLength) throw badFile(`the tensors end at ${expected}, but the file holds ${dataLength} bytes of data`);
  const tensors = parsed.map(({ name, dtype, shape, begin, end }) => {
    return [name, { dtype, shape, bytes: file.slice(start + begin, start + end) }] as const;
  });
  return { metadata: parseMetadata(metadata), tensors: new Map(tensors) };
}

function readHeader(file: Uint8Array): { header: Record<string, unknown>; start: number } {
  if (file.length < 8) throw badFile(`${file.length} bytes are too few for a header`);
  const length = new DataView(file.buffer, file.byteOffset, file.byteLength).getBigUint64(0, true);
  if (length > BigInt(maxHeaderBytes)) throw badFile(`the header would have ${length} bytes; at most ${maxHeaderBytes} are allowed`);
  const start = 8 + Number(length);
  if (start > file.length) throw badFile(`the header would have ${length} bytes, but the file has only ${file.length}`);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(file.subarray(8, start)));
  } catch (cause) {
    throw badFile('the header is not JSON', cause);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) throw badFile('the header is not a JSON object');
  return { header: header as Record<string, unknown>, start };
}

interface TensorInfo {
  readonly dtype: SafetensorsDtype;
  readonly shape: Shape;
  readonly begin: number;
  readonly end: number;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function parseInfo(name: string, info: unknown, dataLength: number): TensorInfo {
  const { dtype, shape, data_offsets: offsets } = (typeof info === 'object' && info !== null ? info : {}) as Record<string, unknown>;
  if (typeof dtype !== 'string' || !Object.hasOwn(bytesPerElement, dtype))
    throw badFile(`${name} has the unknown type ${JSON.stringify(dtype)}`);
  if (!Array.isArray(shape) || shape.length > maxRank || !shape.every(isCount))
    throw badFile(`${name} has the shape ${JSON.stringify(shape)}`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw badFile(`${name} has the offsets ${JSON.stringify(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > dataLength) throw badFile(`${name} lies at ${begin}..${end}, outside of the ${dataLength} bytes of data`);
  const expected = byteLength(dtype as SafetensorsDtype, shape as number[]);
  if (end - begin !== expected)
    throw badFile(`${name}: ${dtype} [${shape.join(', ')}] needs ${expected} bytes, the offsets give it ${end - begin}`);
  return { dtype: dtype as SafetensorsDtype, shape: shape as number[], begin, end };
}

function parseMetadata(value: unknown): Record<string, string> {
  const valid = typeof value === 'object' && value !== null && Object.values(value).every((entry) => typeof entry === 'string');
  if (!valid) throw badFile('the metadata must map texts to texts');
  return value as Record<string, string>;
}

function byteLength(dtype: SafetensorsDtype, shape: Shape): number {
  return shape.reduce((bytes, length) => bytes * length, bytesPerElement[dtype]);
}

/** Values of a floating or whole-number tensor as float32 (F16 and BF16 exactly, F64 and whole numbers rounded). */
export function float32Values({ dtype, bytes }: SafetensorsTensor): Float32Array {
  if (dtype === 'F32') return new Float32Array(new Uint8Array(bytes).buffer); // a copy; little endian, as every platform that Node supports
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = bytesPerElement[dtype];
  const read: Readonly<Record<SafetensorsDtype, (offset: number) => number>> = {
    F64: (offset) => view.getFloat64(offset, true),
    F32: (offset) => view.getFloat32(offset, true),
    F16: (offset) => halfToNumber(view.getUint16(offset, true)),
    BF16: (offset) => bfloat16ToNumber(view.getUint16(offset, true)),
    I64: (offset) => Number(view.getBigInt64(offset, true)),
    I32: (offset) => view.getInt32(offset, true),
    I16: (offset) => view.getInt16(offset, true),
    I8: (offset) => view.getInt8(offset),
    U8: (offset) => view.getUint8(offset),
    BOOL: (offset) => view.getUint8(offset),
  };
  return Float32Array.from({ length: bytes.length / width }, (_, index) => read[dtype](index * width));
}

function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function bfloat16ToNumber(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, (bits << 16) >>> 0);
  return view.getFloat32(0);
}

function badFile(message: string, cause?: unknown): EngineError {
  return new EngineError('bad-weights-file', `safetensors: ${message}.`, {
    cause,
    tip: 'The file is damaged or was not written as safetensors.',
  });
}
