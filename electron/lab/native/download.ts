/** Downloads that go on where they were cut off. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { fileError } from '../../../db/checkpoints/file-system.ts';
import { EngineError } from '../../../engine/error.ts';
import { noNetwork } from './package-index.ts';

export interface DownloadRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where it goes; while it is incomplete `<file>.part`, which the next download of the file continues. */
  readonly file: string;
  readonly sha256: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (doneBytes: number, totalBytes: number | undefined) => void;
  /** Without a byte for so long the connection counts as lost. */
  readonly stallMs?: number;
  /** Attempts that bring nothing before it gives up. */
  readonly attempts?: number;
  /** Before the first repetition; doubled each time. */
  readonly pauseMs?: number;
}

/**
 * Nothing to do when the file is there and right. Throws EngineError 'no-network', 'download-refused', 'wheel-damaged' when the checksum is
 * wrong also after a download from the beginning; StoreError 'disk-full' and the like; the signal's reason when it is aborted.
 */
export async function download(request: DownloadRequest): Promise<void> {
  const { file, sha256, signal } = request;
  if ((await sizeOf(file)) > 0) {
    if ((await digestOf(file)) === sha256) return;
    await rm(file, { force: true });
  }
  const part = `${file}.part`;
  const isContinued = (await sizeOf(part)) > 0;
  await fetchWhole(request, part);
  let digest = await digestOf(part);
  if (digest !== sha256 && isContinued) {
    // What was there before may be of another file, or damaged.
    await rm(part, { force: true });
    await fetchWhole(request, part);
    digest = await digestOf(part);
  }
  signal.throwIfAborted();
  if (digest === sha256) return rename(part, file);
  await rm(part, { force: true });
  throw new EngineError(
    'wheel-damaged',
    `Downloading ${nameOf(request)} from ${hostOf(request)}: the SHA-256 of what came is ${digest}, expected ${sha256}.`,
    { tip: 'Repeat the command; if it comes again, a proxy or the index serves another file than it should.' },
  );
}

/** Repeats until the file is complete or nothing comes any more. */
async function fetchWhole(request: DownloadRequest, part: string): Promise<void> {
  const { attempts = 4, pauseMs = 500, signal } = request;
  let failures = 0;
  for (;;) {
    const before = await sizeOf(part);
    try {
      if (await fetchRest(request, part, before)) return;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof EngineError || isFileError(error)) throw error;
      failures = (await sizeOf(part)) > before ? 1 : failures + 1;
      if (failures >= attempts) throw noNetwork(`Downloading ${nameOf(request)} from ${hostOf(request)}`, error);
      await pause(pauseMs * 2 ** (failures - 1), signal);
    }
  }
}

/** One request for what is missing; false when the server wants it to begin anew. */
async function fetchRest(request: DownloadRequest, part: string, have: number): Promise<boolean> {
  const { url, headers = {}, signal, stallMs = 30_000, onProgress } = request;
  const stall = new AbortController();
  const timer = setTimeout(() => stall.abort(new Error(`nothing came for ${stallMs / 1000} s`)), stallMs);
  try {
    const range = have > 0 ? { range: `bytes=${have}-` } : {};
    const answer = await fetch(url, {
      headers: { 'accept-encoding': 'identity', ...headers, ...range },
      signal: AbortSignal.any([signal, stall.signal]),
    });
    if (answer.status === 416 && have > 0) return await isComplete(answer, part, have);
    if (!answer.ok || answer.body === null) throw refused(request, answer);
    const isRest = answer.status === 206 && answer.headers.get('content-range')?.startsWith(`bytes ${have}-`) === true;
    if (answer.status === 206 && !isRest) throw refused(request, answer);
    const start = isRest ? have : 0;
    const length = Number(answer.headers.get('content-length') ?? NaN);
    const total = Number.isNaN(length) ? undefined : start + length;
    const done = await append(part, isRest, answer.body, (bytes) => {
      timer.refresh();
      onProgress?.(start + bytes, total);
    });
    if (total !== undefined && start + done < total) throw new Error('the connection was cut');
    return true;
  } finally {
    clearTimeout(timer);
  }
}

/** A part that is as long as the file; a longer one is thrown away. */
async function isComplete(answer: Response, part: string, have: number): Promise<boolean> {
  await answer.body?.cancel();
  const total = Number(/\/(\d+)$/.exec(answer.headers.get('content-range') ?? '')?.[1] ?? NaN);
  if (total === have) return true;
  await rm(part, { force: true });
  return false;
}

async function append(part: string, isRest: boolean, body: ReadableStream<Uint8Array>, onBytes: (done: number) => void): Promise<number> {
  const handle = await open(part, isRest ? 'a' : 'w').catch((error: unknown) => {
    throw fileError(`Writing ${part}`, error);
  });
  let done = 0;
  try {
    for await (const chunk of body) {
      await handle.appendFile(chunk).catch((error: unknown) => {
        throw fileError(`Writing ${part}`, error);
      });
      done += chunk.length;
      onBytes(done);
    }
  } finally {
    await handle.close();
  }
  return done;
}

function refused(request: DownloadRequest, { status, statusText }: Response): EngineError | Error {
  const reason = `it answered ${status} ${statusText}`.trimEnd();
  // The server's own trouble may pass.
  if (status >= 500 || status === 429 || status === 416) return new Error(reason);
  return new EngineError('download-refused', `Downloading ${nameOf(request)} from ${hostOf(request)}: ${reason}.`, {
    tip: "Check pip's index-url and its credentials (pip config list), then repeat the command.",
  });
}

/** Hexadecimal SHA-256 of a file. */
export async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 2 ** 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && error.name === 'StoreError';
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      },
      { once: true },
    );
  });
}

function nameOf({ file }: DownloadRequest): string {
  return file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
}

function hostOf({ url }: DownloadRequest): string {
  return new URL(url).host;
}
