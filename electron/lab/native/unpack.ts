/** Takes what is wanted out of a wheel, which is a zip file. */
import { createWriteStream } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { openPromise } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { fileError } from '../../../db/checkpoints/file-system.ts';
import { EngineError } from '../../../engine/error.ts';

const fileType = 0o170000;
const regularFile = 0o100000;
const executable = 0o111;

/** The files that are wanted, without reading them. Throws EngineError 'wheel-damaged', 'wheel-unsafe' for what would leave its folder. */
export async function wheelEntries(
  wheel: string,
  isWanted: (path: string) => boolean,
): Promise<readonly { path: string; bytes: number }[]> {
  return withWheel(wheel, async (zip) =>
    (await wantedEntries(wheel, zip, isWanted)).map((entry) => ({ path: entry.fileName, bytes: entry.uncompressedSize })),
  );
}

/**
 * Unpacks the files that are wanted below `folder`, under their own paths. `onBytes` is told what has been written since the last call.
 * Errors as `wheelEntries`, StoreError 'disk-full' and the like, and the signal's reason when it is aborted.
 */
export async function unpackWheel(
  wheel: string,
  folder: string,
  isWanted: (path: string) => boolean,
  signal: AbortSignal,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<void> {
  await withWheel(wheel, async (zip) => {
    for (const entry of await wantedEntries(wheel, zip, isWanted)) {
      signal.throwIfAborted();
      await unpackEntry(zip, entry, placeOf(wheel, folder, entry), signal, onBytes).catch((error: unknown) => {
        signal.throwIfAborted();
        throw unpackError(wheel, entry, error);
      });
    }
  });
}

async function withWheel<T>(wheel: string, use: (zip: ZipFile) => Promise<T>): Promise<T> {
  const zip = await openPromise(wheel, { lazyEntries: true, autoClose: false, strictFileNames: true }).catch((error: unknown) => {
    throw isSystemError(error) ? fileError(`Reading ${wheel}`, error) : damaged(wheel, error);
  });
  try {
    return await use(zip);
  } finally {
    zip.close();
  }
}

async function wantedEntries(wheel: string, zip: ZipFile, isWanted: (path: string) => boolean): Promise<readonly Entry[]> {
  const wanted: Entry[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/') || !isWanted(entry.fileName)) continue;
      const type = (entry.externalFileAttributes >>> 16) & fileType;
      if (type !== 0 && type !== regularFile) throw unsafe(wheel, entry.fileName);
      wanted.push(entry);
    }
  } catch (error) {
    if (error instanceof EngineError) throw error;
    const path = /^(?:invalid relative path|absolute path|invalid characters in fileName): (.*)$/.exec(
      String((error as Error).message),
    )?.[1];
    throw path === undefined ? damaged(wheel, error) : unsafe(wheel, path);
  }
  return wanted;
}

function placeOf(wheel: string, folder: string, { fileName }: Entry): string {
  const place = resolve(join(folder, fileName));
  if (relative(folder, place).split(sep)[0] === '..') throw unsafe(wheel, fileName);
  return place;
}

async function unpackEntry(
  zip: ZipFile,
  entry: Entry,
  place: string,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<void> {
  await mkdir(dirname(place), { recursive: true });
  let sum = 0;
  const watch = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sum = crc32(chunk, sum);
      onBytes(chunk.length);
      done(null, chunk);
    },
  });
  await pipeline(await zip.openReadStreamPromise(entry), watch, createWriteStream(place), { signal });
  if (sum !== entry.crc32) throw new Error(`its checksum is ${sum.toString(16)}, expected ${entry.crc32.toString(16)}`);
  if (((entry.externalFileAttributes >>> 16) & executable) !== 0) await chmod(place, 0o755);
}

function unpackError(wheel: string, { fileName }: Entry, error: unknown): Error {
  if (error instanceof EngineError) return error;
  return isSystemError(error) ? fileError(`Unpacking ${fileName}`, error) : damaged(wheel, error, fileName);
}

/** Of the file system; those of zlib have a number and a code, but no system call. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

function damaged(wheel: string, cause: unknown, path?: string): EngineError {
  const where = path === undefined ? '' : ` at ${path}`;
  return new EngineError('wheel-damaged', `Unpacking ${basename(wheel)}: it is damaged${where} (${(cause as Error).message}).`, {
    tip: 'Delete the file and repeat the command.',
    cause,
  });
}

function unsafe(wheel: string, path: string): EngineError {
  return new EngineError(
    'wheel-unsafe',
    `Unpacking ${basename(wheel)}: ${path} is no plain file inside its folder; nothing was unpacked of it.`,
    {
      tip: 'Do not trust the place that this wheel came from.',
    },
  );
}
