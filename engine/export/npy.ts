import { EngineError } from '../error.ts';

/** An array of numbers in C order (last axis fastest). */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY
const largestHeaderBytes = 65_536;

/** Element types that are read, little-endian; all become float32. */
const readers: Readonly<Record<string, { readonly bytes: number; readonly read: (view: DataView, at: number) => number }>> = {
  '<f4': { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  '<f8': { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  '<i4': { bytes: 4, read: (view, at) => view.getInt32(at, true) },
  '<i8': { bytes: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  '|u1': { bytes: 1, read: (view, at) => view.getUint8(at) },
  '|i1': { bytes: 1, read: (view, at) => view.getInt8(at) },
};

/**
 * Reads a NumPy array file (format versions 1 to 3). Nothing in the header is trusted: shape and element type must fit the file's length.
 * Throws EngineError 'invalid-npy'. Format: numpy.lib.format.
 */
export function readNpy(bytes: Uint8Array): NpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 10 || magic.some((byte, i) => bytes[i] !== byte)) throw invalid('the file does not begin with \\x93NUMPY');
  const version = bytes[6] as number;
  if (version < 1 || version > 3) throw invalid(`format version ${version}; versions 1 to 3 are read`);
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) throw invalid('the file ends inside its header');
  const headerBytes = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (headerBytes > largestHeaderBytes || start + headerBytes > bytes.length)
    throw invalid(`a header of ${headerBytes} bytes does not fit`);
  const header = parseHeader(new TextDecoder('latin1').decode(bytes.subarray(start, start + headerBytes)));
  const reader = readers[header.type];
  if (reader === undefined) throw invalid(`elements of type '${header.type}'; ${Object.keys(readers).join(', ')} are read`);
  const count = header.shape.reduce((product, length) => product * length, 1);
  const first = start + headerBytes;
  if (bytes.length - first !== count * reader.bytes) {
    throw invalid(
      `shape ${shapeText(header.shape)} of ${header.type} needs ${count * reader.bytes} bytes, the file has ${bytes.length - first}`,
    );
  }
  const data = Float32Array.from({ length: count }, (_, i) => reader.read(view, first + i * reader.bytes));
  return { shape: header.shape, data };
}

/** Writes float32 in C order, format version 1. */
export function writeNpy(array: NpyArray): Uint8Array {
  const count = array.shape.reduce((product, length) => product * length, 1);
  if (count !== array.data.length) throw invalid(`shape ${shapeText(array.shape)} does not fit ${array.data.length} elements`);
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': ${shapeText(array.shape)}, }`;
  // The data begins at a multiple of 64, the header ends with a newline.
  const headerBytes = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const bytes = new Uint8Array(10 + headerBytes + 4 * count);
  const view = new DataView(bytes.buffer);
  bytes.set([...magic, 1, 0]);
  view.setUint16(8, headerBytes, true);
  bytes.set(new TextEncoder().encode(`${text.padEnd(headerBytes - 1)}\n`), 10);
  array.data.forEach((value, i) => view.setFloat32(10 + headerBytes + 4 * i, value, true));
  return bytes;
}

/** The header is a Python dict with exactly three keys. */
function parseHeader(text: string): { type: string; shape: number[] } {
  const type = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape'\s*:\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  if (type === undefined || order === undefined || shape === undefined) throw invalid('the header lacks descr, fortran_order or shape');
  if (order === 'True') throw invalid('the array is in Fortran order; save it with numpy.ascontiguousarray');
  const lengths = shape
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(Number);
  if (lengths.some((length) => !Number.isSafeInteger(length))) throw invalid(`shape (${shape})`);
  return { type, shape: lengths };
}

function shapeText(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
}

function invalid(what: string): EngineError {
  return new EngineError('invalid-npy', `.npy: ${what}.`, { tip: 'Write it with numpy.save, as float32 in C order.' });
}
