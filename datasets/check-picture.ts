import { readFile } from 'node:fs/promises';
import { hasPictureEnd, readImageHeader, type ImageHeader } from './decode/header.ts';
import { describeKind, sniffKind } from './decode/magic.ts';
import { systemErrorCode } from './file-errors.ts';
import type { FindingList } from './findings.ts';
import { endsOf } from './probe-picture.ts';
import { DatasetError } from './source.ts';
import { readZipEntry, type ZipEntry } from './zip.ts';

/** A picture file that checks look at: where it is, and what findings call it. */
export interface CheckedFile {
  readonly path: string;
  /** The file lies in the archive at `path`. */
  readonly entry?: ZipEntry;
  readonly bytes: number;
  /** As in the official layout. */
  readonly name: string;
  readonly split: string;
}

const SMALLEST_SIDE = 8; // px

/** Reads head and tail of a picture; what is wrong with them becomes a finding and no header. Empty files are left to whoever counts files. */
export async function readPictureHeader(file: CheckedFile, findings: FindingList): Promise<ImageHeader | undefined> {
  const { split, name: path, bytes } = file;
  if (bytes === 0) return undefined;
  let head: Buffer;
  let tail: Buffer;
  try {
    ({ head, tail } = await endsOf(file));
  } catch (error) {
    reportFailure(error, file, findings);
    return undefined;
  }
  const kind = sniffKind(head);
  if (kind !== 'png' && kind !== 'jpeg') {
    findings.add('file.not-image', { split, path, detail: describeKind(kind) });
    return undefined;
  }
  if (!hasPictureEnd(kind, tail)) findings.add('file.truncated', { split, path, detail: String(bytes) });
  const isNamedPng = /\.png$/i.test(path);
  if (isNamedPng !== (kind === 'png'))
    findings.add('file.ext-mismatch', { split, path, detail: `${kind.toUpperCase()} but named ${isNamedPng ? '.png' : '.jpg'}` });
  const header = readImageHeader(head);
  if (header === undefined) findings.add('file.damaged', { split, path, detail: 'its head cannot be read' });
  return header;
}

/** What is unusual about a picture of any set. */
export function reportPicture(header: ImageHeader, { split, name: path }: CheckedFile, findings: FindingList): void {
  const add = (code: string): void => findings.add(code, { split, path });
  if (header.kind === 'png' && header.bitDepth === 16) add('image.16bit');
  if (header.kind === 'png' && (header.channels === 2 || header.channels === 4)) add('image.alpha');
  if (header.kind === 'jpeg' && header.channels === 4) add('image.cmyk');
  if (header.channels === 1 && !header.hasPalette) add('image.gray');
  if (header.orientation > 1) add('image.exif-rotated');
  if (Math.min(header.width, header.height) < SMALLEST_SIDE) add('image.too-small');
}

/** Throws what opening and reading throw, DatasetError 'zip-damaged'. */
export function readChecked({ path, entry }: Pick<CheckedFile, 'path' | 'entry'>): Promise<Buffer> {
  return entry === undefined ? readFile(path) : readZipEntry(path, entry);
}

/**
 * Decodes a file; what goes wrong becomes a finding, unless the headers told it already (or `isKnown` says so by the error's code).
 */
export async function attemptDecoding<T>(
  file: CheckedFile,
  findings: FindingList,
  decode: (bytes: Buffer) => Promise<T>,
  isKnown: (code: string) => boolean = () => false,
): Promise<T | undefined> {
  if (file.bytes === 0) return undefined;
  try {
    return await decode(await readChecked(file));
  } catch (error) {
    if (!(error instanceof DatasetError && isKnown(error.code))) reportFailure(error, file, findings);
    return undefined;
  }
}

/** Codes of readers and the findings of the same name. */
const REPORTED = ['file-not-image', 'file-truncated', 'label-rgb'];

function reportFailure(error: unknown, { split, name: path, bytes }: CheckedFile, findings: FindingList): void {
  const system = systemErrorCode(error);
  const code = error instanceof DatasetError ? error.code : '';
  if (system !== undefined) findings.add('file.unreadable', { split, path, detail: system });
  else if (!REPORTED.includes(code))
    findings.add('file.damaged', { split, path, detail: error instanceof Error ? error.message : String(error) });
  else if (!findings.has(code.replace('-', '.'), split)) findings.add(code.replace('-', '.'), { split, path, detail: String(bytes) });
}
