import { open } from 'node:fs/promises';
import { crc32, inflateRawSync } from 'node:zlib';
import { openPromise } from 'yauzl';
import { DatasetError } from './source.ts';

/** One file of a zip archive and where it lies: plain data, so that any thread can read it. */
export interface ZipEntry {
  readonly name: string;
  /** Unpacked. */
  readonly bytes: number;
  readonly packedBytes: number;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly checksum: number;
  /** Of the entry's own header in the archive. */
  readonly offset: number;
}

/** The files that an archive's directory lists, in its order; encrypted ones are left out. Throws DatasetError 'zip-damaged'. */
export async function listZip(path: string): Promise<readonly ZipEntry[]> {
  const entries: ZipEntry[] = [];
  try {
    const zip = await openPromise(path, { lazyEntries: true, autoClose: true });
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/') || entry.isEncrypted()) continue;
      entries.push({
        name: entry.fileName,
        bytes: entry.uncompressedSize,
        packedBytes: entry.compressedSize,
        method: entry.compressionMethod,
        checksum: entry.crc32,
        offset: entry.relativeOffsetOfLocalHeader,
      });
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DatasetError('zip-damaged', `The archive ${path} cannot be listed (${reason})`, {
      cause,
      tip: 'Copy the archive again, or unpack it.',
    });
  }
  return entries;
}

/** No picture is larger, packed or not; what an archive claims of itself is no limit. */
const MOST_BYTES = 256 * 2 ** 20;
const LOCAL_HEADER = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;

/** Unpacks one entry. Throws DatasetError 'zip-damaged', and what opening the archive throws. */
export async function readZipEntry(path: string, entry: ZipEntry): Promise<Buffer> {
  if (Math.max(entry.bytes, entry.packedBytes) > MOST_BYTES) throw damaged(path, entry, 'is larger than 256 MB');
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    if (entry.offset + LOCAL_HEADER_BYTES + entry.packedBytes > size) throw damaged(path, entry, 'is cut off');
    const header = Buffer.alloc(LOCAL_HEADER_BYTES);
    await handle.read(header, 0, header.length, entry.offset);
    if (header.readUInt32LE(0) !== LOCAL_HEADER) throw damaged(path, entry, 'does not begin where the directory says');
    const start = entry.offset + LOCAL_HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
    const packed = Buffer.alloc(entry.packedBytes);
    const { bytesRead } = await handle.read(packed, 0, packed.length, start);
    if (bytesRead < packed.length) throw damaged(path, entry, 'is cut off');
    const content = unpack(path, entry, packed);
    if (content.length !== entry.bytes || crc32(content) !== entry.checksum) throw damaged(path, entry, 'has a wrong checksum');
    return content;
  } finally {
    await handle.close();
  }
}

function unpack(path: string, entry: ZipEntry, packed: Buffer): Buffer {
  if (entry.method === 0) return packed;
  if (entry.method !== 8) throw damaged(path, entry, `is packed by method ${entry.method}; stored and deflated ones are read`);
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.bytes) });
  } catch (cause) {
    throw damaged(path, entry, `cannot be unpacked (${cause instanceof Error ? cause.message : String(cause)})`);
  }
}

function damaged(path: string, { name }: ZipEntry, what: string): DatasetError {
  return new DatasetError('zip-damaged', `${name} in the archive ${path} ${what}`, { tip: 'Copy the archive again, or unpack it.' });
}
