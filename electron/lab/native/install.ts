/** Installs native TensorFlow's library below `nativeHome()`; TensorFlow itself is not loaded here. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statfsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileError, writeFileSafely } from '../../../db/checkpoints/file-system.ts';
import { takeExclusiveLock } from '../../../db/sqlite/exclusive-lock.ts';
import { libraryNames, manifestName, readManifest } from '../../../engine/backend/tensorflow/installed.ts';
import type { TensorflowManifest, TensorflowVariant } from '../../../engine/backend/tensorflow/installed.ts';
import { EngineError } from '../../../engine/error.ts';
import { bytesText } from '../cli/format.ts';
import { checkWheel, fetchWheels } from './fetch-wheels.ts';
import type { FetchRequest, LocalWheel } from './fetch-wheels.ts';
import { fits } from './find-wheels.ts';
import type { WheelSource } from './find-wheels.ts';
import { planWheels } from './tensorflow-wheels.ts';
import type { WheelPlan } from './tensorflow-wheels.ts';
import { unpackWheel, wheelEntries } from './unpack.ts';
import { isWantedFile } from './wanted-files.ts';
import { parseWheelName } from './wheel-name.ts';

export interface InstallRequest {
  readonly variant: TensorflowVariant;
  /** `nativeHome()`. */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Wheels that are here already; nothing is downloaded then. */
  readonly wheels?: readonly string[];
  /** A line for the user. */
  readonly say: (line: string) => void;
  readonly onProgress: (doing: 'download' | 'unpack', doneBytes: number, totalBytes: number, words: string) => void;
  /** Arguments of tests. */
  readonly plan?: WheelPlan;
  readonly freeBytes?: (folder: string) => number;
  readonly findPip?: FetchRequest['findPip'];
  readonly known?: Readonly<Record<string, string>>;
}

export interface InstallResult {
  readonly manifest: TensorflowManifest;
  /** The same version and variant was there already. */
  readonly wasInstalled: boolean;
}

/** Wheels lie here until they are unpacked. */
const downloads = 'downloads';
/** What is unpacked takes about so many bytes a byte of wheel; measured on Linux. Known exactly once the wheels are here. */
const unpackedShare: Readonly<Record<TensorflowVariant, number>> = { cpu: 3.2, cuda: 1.7 };
/** Left free beside what is written. */
const reserveBytes = 200e6;
const otherPlace = 'Another folder is named by the environment variable LAB_NATIVE; set it for every later command, too.';

/**
 * Downloads, checks, unpacks, and writes the manifest last: until then what was there before is what counts, and a cut-off installation
 * goes on where it was. Throws EngineError ('no-wheel', 'no-space', 'install-running', 'wrong-wheel', and those of downloading and
 * unpacking), StoreError of the file system, or the signal's reason.
 */
export async function installTensorflow(request: InstallRequest): Promise<InstallResult> {
  const { home, variant } = request;
  const plan = request.plan ?? planWheels(variant);
  const isHere = (): TensorflowManifest | undefined => {
    const present = readManifest(home);
    return present?.version === plan.version && present.variant === variant ? present : undefined;
  };
  const early = isHere();
  if (early) return { manifest: early, wasInstalled: true };
  try {
    mkdirSync(home, { recursive: true });
  } catch (cause) {
    const { code, message } = fileError(`Installing native TensorFlow into ${home}`, cause);
    throw new EngineError(code, message, { tip: otherPlace, cause });
  }
  return withLock(home, 'Installing', async () => {
    // another process may have finished in between
    const late = isHere();
    if (late) return { manifest: late, wasInstalled: true };
    const wheels = await bringWheels(request, plan);
    return { manifest: await unpackAll(request, plan, wheels), wasInstalled: false };
  });
}

/** Installing and removing exclude each other, also between processes. Throws EngineError 'install-running'. */
async function withLock<T>(home: string, doing: string, f: () => T | Promise<T>): Promise<T> {
  const release = takeExclusiveLock(join(home, 'install.lock'));
  if (release === undefined) {
    throw new EngineError('install-running', `${doing} native TensorFlow: another process is at work in ${home}.`, {
      tip: 'Wait until it has finished.',
    });
  }
  try {
    return await f();
  } finally {
    release();
  }
}

async function bringWheels(request: InstallRequest, plan: WheelPlan): Promise<readonly LocalWheel[]> {
  if (request.wheels !== undefined)
    return Promise.all(givenWheels(request.wheels, plan).map((path) => checkWheel(path, basename(path), request.known)));
  const folder = join(request.home, downloads);
  const { env, signal, say, findPip, known } = request;
  say(`looking for the wheels of TensorFlow ${plan.version}${plan.variant === 'cuda' ? ' and of CUDA' : ''}`);
  return fetchWheels({
    plan,
    folder,
    env,
    signal,
    say,
    onFound: (found) => announce(request, found, folder),
    onProgress: (done, total, file) => request.onProgress('download', done, total, file),
    ...(findPip && { findPip }),
    ...(known && { known }),
  });
}

/** One file for each requirement, and nothing else. */
function givenWheels(paths: readonly string[], plan: WheelPlan): readonly string[] {
  for (const path of paths) {
    const name = parseWheelName(basename(path));
    const isNeeded = name !== undefined && plan.requirements.some((requirement) => fits(name, requirement, plan));
    if (!isNeeded) throw wrongWheel(`${basename(path)} is none of what is needed here`, plan);
    if (!existsSync(path)) throw wrongWheel(`there is no file ${path}`, plan);
  }
  const missing = plan.requirements.filter(({ name }) => !paths.some((path) => parseWheelName(basename(path))?.name === name));
  if (missing.length > 0) throw wrongWheel(`no wheel of ${missing.map(({ name }) => name).join(', ')} was given`, plan);
  return paths;
}

function wrongWheel(what: string, plan: WheelPlan): EngineError {
  const needed = plan.requirements.map(({ name, version }) => `${name}==${version}`);
  return new EngineError('wrong-wheel', `Installing native TensorFlow from files: ${what}.`, {
    tip: `They come with: pip download --no-deps --only-binary :all: ${needed.join(' ')}`,
  });
}

/** Says what will be downloaded, how large it is and where it goes, and that there is room for it. */
function announce({ home, say, variant, freeBytes = freeOn }: InstallRequest, wheels: readonly WheelSource[], folder: string): void {
  const bytes = wheels.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
  const have = wheels.reduce((sum, { file }) => sum + Math.max(sizeOf(join(folder, file)), sizeOf(join(folder, `${file}.part`))), 0);
  const hosts = [...new Set(wheels.map(({ url }) => new URL(url).host))].join(', ');
  const more = wheels.length > 1 ? ` and ${wheels.length - 1} wheels of CUDA` : '';
  const kept = have > 0 ? `; ${bytesText(have)} of it are here already` : '';
  say(`downloading ${wheels[0]?.file ?? ''}${more} from ${hosts}: ${bytes > 0 ? bytesText(bytes) : 'size unknown'}${kept}`);
  say(
    `into ${home}; installed it takes about ${bytesText(bytes * unpackedShare[variant])}${variant === 'cuda' ? ', with its own CUDA libraries' : ''}`,
  );
  checkSpace(home, bytes - have + bytes * unpackedShare[variant], freeBytes);
}

/** Throws EngineError 'no-space'. */
function checkSpace(folder: string, bytes: number, freeBytes: (folder: string) => number): void {
  const free = freeBytes(folder);
  if (free >= bytes + reserveBytes) return;
  throw new EngineError(
    'no-space',
    `Installing native TensorFlow: about ${bytesText(bytes + reserveBytes)} are needed in ${folder}, ${bytesText(free)} are free.`,
    {
      tip: 'Free some space, or choose another disk with the environment variable LAB_NATIVE=FOLDER (set it for every later command, too).',
    },
  );
}

function freeOn(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

async function unpackAll(request: InstallRequest, plan: WheelPlan, wheels: readonly LocalWheel[]): Promise<TensorflowManifest> {
  const { home, signal, freeBytes = freeOn } = request;
  const name = `tensorflow-${plan.version}-${plan.variant}`;
  const part = join(home, `${name}.part`);
  const wanted = (path: string): boolean => isWantedFile(path);
  const entries = (await Promise.all(wheels.map(({ file }) => wheelEntries(file, wanted)))).flat();
  checkLibraries(
    plan,
    entries.map(({ path }) => path),
  );
  const total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  rmSync(part, { recursive: true, force: true });
  checkSpace(home, total, freeBytes);
  let done = 0;
  for (const { file } of wheels) {
    await unpackWheel(file, part, wanted, signal, (bytes) => request.onProgress('unpack', (done += bytes), total, basename(file)));
  }
  const manifest: TensorflowManifest = {
    format: 1,
    folder: name,
    version: plan.version,
    variant: plan.variant,
    sizeBytes: total,
    wheels: Object.fromEntries(wheels.map(({ file, sha256 }) => [basename(file), sha256])),
  };
  publish(home, part, manifest);
  return manifest;
}

/** A wheel without the libraries is none of TensorFlow's, or one of a platform for which they are not published. */
function checkLibraries(plan: WheelPlan, paths: readonly string[]): void {
  const missing = (libraryNames() ?? []).filter((library) => !paths.includes(`tensorflow/${library}`));
  if (missing.length === 0) return;
  throw new EngineError('wrong-wheel', `Installing native TensorFlow ${plan.version}: the wheel does not hold ${missing.join(' and ')}.`, {
    tip: 'Report this: the layout of the wheels has changed.',
  });
}

function publish(home: string, part: string, manifest: TensorflowManifest): void {
  const folder = join(home, manifest.folder);
  // Without a manifest that names it the folder is what a cut-off removal has left.
  rmSync(folder, { recursive: true, force: true });
  renameSync(part, folder);
  writeFileSafely(join(home, manifestName), home, new TextEncoder().encode(`${JSON.stringify(manifest, undefined, 2)}\n`));
  for (const entry of leftovers(home)) if (entry !== manifest.folder) rmSync(join(home, entry), { recursive: true, force: true });
}

/** Folders of the native home that an installation makes. */
function leftovers(home: string): readonly string[] {
  return existsSync(home)
    ? readdirSync(home).filter((entry) => entry === downloads || /^tensorflow-[\w.]+-(cpu|cuda)(\.part)?$/.test(entry))
    : [];
}

/**
 * Deletes what was installed and what a cut-off installation has left; the manifest goes first. Resolves to the bytes that are free now. Throws
 * EngineError 'install-running' while another process installs.
 */
export async function removeTensorflow(home: string): Promise<number> {
  if (!existsSync(home)) return 0;
  return withLock(home, 'Removing', () => {
    const entries = leftovers(home);
    const bytes = entries.reduce((sum, entry) => sum + treeBytes(join(home, entry)), 0);
    rmSync(join(home, manifestName), { force: true });
    for (const entry of entries) rmSync(join(home, entry), { recursive: true, force: true });
    return bytes;
  });
}

function treeBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
