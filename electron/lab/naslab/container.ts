/**
 * The file that carries an experiment from one home to another (.naslab):
 *
 *   bytes  0 to 15  'PARETOSCOPE-EXP\n'
 *   bytes 16 to 23  length of the document, unsigned, little endian
 *   bytes 24 to 55  SHA-256 of the document
 *   then            the document: JSON, gzip
 *   then            the bytes of its files one after another, in the order in which it lists them, without gaps
 *
 * Nothing in a file is trusted: lengths, hashes and names are checked before anything is written.
 */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { StoreError } from '../../../db/store.ts';

const magic = Buffer.from('PARETOSCOPE-EXP\n', 'latin1');
const preambleBytes = 56;
/** A million trials, or ten million values of scalars; also what unpacking may grow to. */
const maxDocumentBytes = 256 * 1024 * 1024;
const copyBytes = 1024 * 1024;

/** One carried file. */
export interface CarriedFile {
  /** Relative to the experiment's folder, with forward slashes. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface ReadContainer {
  readonly document: unknown;
  /** Where the files' bytes begin, and how many there are. */
  readonly start: number;
  readonly contentBytes: number;
}

/** Preamble and document. StoreError 'export-too-large'. */
export function encodeDocument(document: unknown): Uint8Array {
  const json = Buffer.from(JSON.stringify(document));
  if (json.length > maxDocumentBytes) {
    throw new StoreError(
      'export-too-large',
      `Exporting: the records have ${json.length} bytes; at most ${maxDocumentBytes} can be carried.`,
    );
  }
  const packed = gzipSync(json);
  const preamble = Buffer.alloc(preambleBytes);
  magic.copy(preamble);
  preamble.writeBigUInt64LE(BigInt(packed.length), magic.length);
  createHash('sha256')
    .update(packed)
    .digest()
    .copy(preamble, magic.length + 8);
  return Buffer.concat([preamble, packed]);
}

/** Reads everything but the files. Control characters in texts are replaced, since texts are shown on terminals. StoreError 'import-invalid'. */
export async function readContainer(handle: FileHandle): Promise<ReadContainer> {
  const { size } = await handle.stat();
  const preamble = await readExactly(handle, 0, Math.min(preambleBytes, size));
  if (!preamble.subarray(0, magic.length).equals(magic)) throw invalidFile('it is no exported experiment');
  if (preamble.length < preambleBytes) throw invalidFile('it is cut off');
  const length = preamble.readBigUInt64LE(magic.length);
  if (length > BigInt(maxDocumentBytes)) throw invalidFile(`its document would have ${length} bytes; at most ${maxDocumentBytes} are read`);
  const start = preambleBytes + Number(length);
  if (start > size) throw invalidFile(`it is cut off: its document should end at byte ${start}, the file has ${size}`);
  const packed = await readExactly(handle, preambleBytes, Number(length));
  if (
    !createHash('sha256')
      .update(packed)
      .digest()
      .equals(preamble.subarray(magic.length + 8))
  )
    throw invalidFile('its document was changed or damaged');
  return { document: parse(packed), start, contentBytes: size - start };
}

function parse(packed: Uint8Array): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(gunzipSync(packed, { maxOutputLength: maxDocumentBytes }));
    return JSON.parse(text, (_, value: unknown) => (typeof value === 'string' ? printable(value) : value)) as unknown;
  } catch (error) {
    throw invalidFile(`its document cannot be read (${error instanceof Error ? error.message : String(error)})`, error);
  }
}

/** Without control characters (C0 but for tab and line feed, DEL, C1). */
function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd');
}

/** Copies a range and returns its hash; `to` may be left out to only read. Errors of the disk come out as they are. */
export async function copyRange(from: FileHandle, position: number, bytes: number, to?: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  for (let done = 0; done < bytes;) {
    const piece = await readExactly(from, position + done, Math.min(copyBytes, bytes - done));
    hash.update(piece);
    if (to !== undefined) await to.writeFile(piece);
    done += piece.length;
  }
  return hash.digest('hex');
}

async function readExactly(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(buffer, done, length - done, position + done);
    if (bytesRead === 0)
      throw new StoreError('file-changed', 'Reading: a file became shorter while it was read.', {
        tip: 'Try again when nothing changes it.',
      });
    done += bytesRead;
  }
  return buffer;
}

/** `reason` completes the sentence 'The file cannot be imported: …'. */
export function invalidFile(reason: string, cause?: unknown): StoreError {
  return new StoreError('import-invalid', `The file cannot be imported: ${reason}. Nothing was changed.`, {
    tip: 'Export it again with `lab export ID --naslab FILE`, and copy the file whole.',
    ...(cause === undefined ? {} : { cause }),
  });
}
