import { stat } from 'node:fs/promises';
import { readEnds } from './decode/file-ends.ts';
import { hasPictureEnd, readImageHeader } from './decode/header.ts';
import { describeKind, sniffKind } from './decode/magic.ts';
import { systemErrorCode } from './file-errors.ts';
import { DatasetError } from './source.ts';
import { readZipEntry, type ZipEntry } from './zip.ts';

/** What is wrong with one sample, in words: the same codes as an error of reading it. */
export interface SampleProblem {
  readonly code: string;
  readonly message: string;
  readonly tip?: string;
}

export interface SampleProbe {
  /** Of the picture; absent where it cannot be told. */
  readonly height?: number;
  readonly width?: number;
  readonly problem?: SampleProblem;
}

/** One file of a sample; the picture comes first. */
export interface SampleFile {
  readonly role: string;
  readonly path: string;
  /** The file lies in the archive at `path`. */
  readonly entry?: ZipEntry;
}

const copyAgain = 'Copy or unpack the file again.';

/**
 * Looks at the first and last bytes of a sample's files: finds missing, empty, cut-off and foreign ones and pairs of unequal sizes without
 * decoding anything. What only decoding shows is found by whoever decodes.
 */
export async function probeSample(files: readonly SampleFile[]): Promise<SampleProbe> {
  const sizes: { readonly height: number; readonly width: number }[] = [];
  for (const file of files) {
    const found = await probeFile(file);
    if ('problem' in found) return { ...sizes[0], problem: found.problem };
    sizes.push(found);
  }
  const [picture, ...others] = sizes;
  const odd = others.findIndex(({ height, width }) => height !== picture?.height || width !== picture.width);
  if (odd < 0) return { ...picture };
  const size = ({ height, width }: { readonly height: number; readonly width: number }): string => `${height}x${width}`;
  return {
    ...picture,
    problem: {
      code: 'pair-size-mismatch',
      message: `The ${files[odd + 1]?.role} is ${size(others[odd] as never)}, the image ${size(picture as never)} (height x width).`,
      tip: 'Take both files from the same download; label maps must not be resized.',
    },
  };
}

async function probeFile(
  file: SampleFile,
): Promise<{ readonly height: number; readonly width: number } | { readonly problem: SampleProblem }> {
  const { role } = file;
  const problem = (code: string, message: string, tip = copyAgain) => ({ problem: { code, message: `The ${role} ${message}.`, tip } });
  try {
    const { size, head, tail } = await endsOf(file);
    if (size === 0) return problem('file-zero-bytes', 'is empty (0 bytes)');
    const kind = sniffKind(head);
    if (kind !== 'png' && kind !== 'jpeg') return problem('file-not-image', `is ${describeKind(kind)}`);
    if (!hasPictureEnd(kind, tail))
      return problem('file-truncated', `is cut off: ${kind.toUpperCase()} without an end after ${size} bytes`);
    const header = readImageHeader(head);
    return header === undefined ? problem('file-damaged', 'has a damaged head') : { height: header.height, width: header.width };
  } catch (error) {
    if (error instanceof DatasetError) return { problem: { code: error.code, message: error.message, tip: error.tip ?? copyAgain } };
    const code = systemErrorCode(error);
    if (code === 'ENOENT') return problem('file-missing', 'is missing', 'Put the file back.');
    return problem('file-unreadable', `cannot be read (${code ?? String(error)})`, 'Check the rights of the file and the disk.');
  }
}

/** What lies in an archive is unpacked for it. Throws what opening and reading throw, DatasetError 'zip-damaged'. */
export async function endsOf({
  path,
  entry,
}: Pick<SampleFile, 'path' | 'entry'>): Promise<{ readonly size: number; readonly head: Buffer; readonly tail: Buffer }> {
  if (entry !== undefined) {
    const bytes = await readZipEntry(path, entry);
    return { size: bytes.length, head: bytes, tail: bytes };
  }
  const { size } = await stat(path);
  if (size === 0) return { size, head: Buffer.alloc(0), tail: Buffer.alloc(0) };
  const [head, tail] = await readEnds(path, size);
  return { size, head, tail };
}
