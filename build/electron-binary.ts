import { createHash } from 'node:crypto';
import { chmodSync, createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';

const packageFolder = resolve(import.meta.dirname, '../node_modules/electron');
/** Without a byte for so long there is no network. */
const stallMs = 15_000;
const attempts = 3;

const programs: Readonly<Record<string, string>> = {
  darwin: 'Electron.app/Contents/MacOS/Electron',
  win32: 'electron.exe',
  linux: 'electron',
};

export interface ElectronOptions {
  /** node_modules/electron. */
  readonly folder?: string;
  readonly cache?: string;
  /** Where releases lie: <base>/v<version>/<file>. */
  readonly base?: string;
  readonly tell?: (line: string) => void;
  readonly isTerminal?: boolean;
}

/** Path of Electron's own program when it is installed in the version that is pinned. */
export function installedElectron(folder: string = packageFolder): string | undefined {
  const program = join(folder, 'dist', programs[process.platform] ?? 'electron');
  try {
    const isRight = readFileSync(join(folder, 'dist/version'), 'utf8').trim().replace(/^v/, '') === versionOf(folder);
    return isRight && existsSync(program) ? program : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Electron's own program, fetched when it is not there: says what and how much, shows progress, checks the sum that the package pins, and keeps
 * the archive for other checkouts. Rejects with an Error of one sentence.
 */
export async function ensureElectron(options: ElectronOptions = {}): Promise<string> {
  const { folder = packageFolder, tell = (line) => process.stderr.write(`${line}\n`) } = options;
  const installed = installedElectron(folder);
  if (installed !== undefined) return installed;
  const version = versionOf(folder);
  const name = `electron-v${version}-${process.platform}-${process.arch}.zip`;
  const sums = JSON.parse(readFileSync(join(folder, 'checksums.json'), 'utf8')) as Readonly<Record<string, string>>;
  const sum = sums[name];
  if (sum === undefined) throw new Error(`there is no Electron ${version} for ${process.platform}-${process.arch}`);
  const archive = join(options.cache ?? cacheFolder(), name);
  if (!existsSync(archive) || hashOf(archive) !== sum) {
    const base = options.base ?? process.env['ELECTRON_MIRROR'] ?? 'https://github.com/electron/electron/releases/download';
    await fetchArchive(`${base.replace(/\/$/, '')}/v${version}/${name}`, archive, sum, {
      tell,
      isTerminal: options.isTerminal ?? process.stderr.isTTY,
    });
  }
  const part = join(folder, 'dist.part');
  rmSync(part, { recursive: true, force: true });
  await unzip(archive, part);
  rmSync(join(folder, 'dist'), { recursive: true, force: true });
  renameSync(part, join(folder, 'dist'));
  // Where the package itself looks for its program.
  writeFileSync(join(folder, 'path.txt'), programs[process.platform] ?? 'electron');
  const program = installedElectron(folder);
  if (program === undefined) throw new Error(`the archive ${name} holds no Electron ${version}`);
  return program;
}

function versionOf(folder: string): string {
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
}

/** The same folder as Electron's own installer has, so that nothing is fetched twice. */
function cacheFolder(): string {
  const named = process.env['electron_config_cache'];
  if (named !== undefined && named !== '') return named;
  if (process.platform === 'darwin') return join(homedir(), 'Library/Caches/electron');
  if (process.platform === 'win32') return join(process.env['LOCALAPPDATA'] ?? join(homedir(), 'AppData/Local'), 'electron/Cache');
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'electron');
}

function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

interface Telling {
  readonly tell: (line: string) => void;
  readonly isTerminal: boolean;
}

async function fetchArchive(url: string, file: string, sum: string, telling: Telling): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  const part = `${file}.part-${process.pid}`;
  for (let attempt = 1; ; attempt++) {
    try {
      await fetchOnce(url, part, telling);
      break;
    } catch (error) {
      rmSync(part, { force: true });
      if (attempt === attempts || error instanceof Refused)
        throw new Error(`${url} could not be fetched: ${reasonOf(error)}`, { cause: error });
    }
  }
  const came = hashOf(part);
  if (came === sum) renameSync(part, file);
  else {
    rmSync(part, { force: true });
    throw new Error(`what came from ${url} has the SHA-256 ${came}, expected ${sum}`);
  }
}

class Refused extends Error {}

async function fetchOnce(url: string, part: string, { tell, isTerminal }: Telling): Promise<void> {
  const stalled = new AbortController();
  let timer = setTimeout(() => stalled.abort(), stallMs);
  const response = await fetch(url, { signal: stalled.signal });
  if (!response.ok || response.body === null) throw new Refused(`the answer was ${response.status} ${response.statusText}`);
  const total = Number(response.headers.get('content-length') ?? 0);
  tell(
    `Fetching Electron (${total > 0 ? `${(total / 1e6).toFixed(0)} MB` : 'size unknown'}) from ${new URL(url).host}; it is kept for later.`,
  );
  let done = 0;
  let shown = 0;
  const count = async function* (pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      clearTimeout(timer);
      timer = setTimeout(() => stalled.abort(), stallMs);
      done += piece.length;
      const share = total > 0 ? Math.floor((done / total) * 100) : 0;
      // On a terminal each per cent, in a log each tenth.
      if (share >= shown + (isTerminal ? 1 : 10)) {
        shown = share;
        tell(`  ${share} % of ${(total / 1e6).toFixed(0)} MB`);
      }
      yield piece;
    }
  };
  try {
    await pipeline(Readable.fromWeb(response.body as never), count, createWriteStream(part), { signal: stalled.signal });
  } finally {
    clearTimeout(timer);
  }
}

function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error & { cause?: { code?: string } };
  if (name === 'AbortError') return `nothing came for ${stallMs / 1000} seconds`;
  return cause?.code === undefined ? message : `there is no network (${cause.code})`;
}

/** Files, folders and, for macOS, links; nothing outside of `target`. */
async function unzip(archive: string, target: string): Promise<void> {
  const zip = await openPromise(archive, { lazyEntries: true });
  for await (const entry of zip.eachEntry()) {
    const path = resolve(target, entry.fileName);
    if (!`${path}/`.startsWith(`${resolve(target)}/`)) throw new Error(`${archive} holds ${entry.fileName}, which leads outside`);
    const mode = (entry.externalFileAttributes >>> 16) & 0o177777;
    if (entry.fileName.endsWith('/')) {
      mkdirSync(path, { recursive: true });
      continue;
    }
    mkdirSync(dirname(path), { recursive: true });
    const stream = await zip.openReadStreamPromise(entry);
    if ((mode & 0o170000) === 0o120000) symlinkSync((await buffer(stream)).toString(), path);
    else {
      await pipeline(stream, createWriteStream(path));
      if ((mode & 0o111) !== 0) chmodSync(path, 0o755);
    }
  }
}
