/**
 * Builds the addon for native TensorFlow: engine/backend/tensorflow/addon -> engine/backend/tensorflow/tensorflow.node.
 * Run with Node: `node build/native/build-addon.ts [FOLDER]`; FOLDER is TensorFlow's (with include/), else `$LAB_TENSORFLOW`.
 * TensorFlow is not linked, only its headers are needed. Objects are kept by the content that they were made of.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { BuildError, findCompiler } from './compiler.ts';
import type { Compiler } from './compiler.ts';

const root = join(import.meta.dirname, '../..');
const sources = join(root, 'engine/backend/tensorflow/addon');
const nodeHeaders = join(root, 'node_modules/node-api-headers/include');
const objectFolder = join(root, 'out/native');

/** Where the engine looks for it. */
export const addonPath = join(root, 'engine/backend/tensorflow/tensorflow.node');

export interface BuildAddonOptions {
  /** Folder of TensorFlow's headers: holds tensorflow/c/c_api.h. */
  readonly include: string;
  /** Path of the addon. */
  readonly output: string;
  /** With checks of addresses and undefined behaviour at run time. */
  readonly sanitize?: boolean;
}

export interface BuiltAddon {
  /** False when everything was there already. */
  readonly isNew: boolean;
  /** How many files were compiled. */
  readonly compiled: number;
  readonly compiler: Compiler;
  readonly ms: number;
}

/** Throws BuildError 'no-compiler', 'no-headers' or 'build-failed' (with the compiler's messages). */
export async function buildAddon({ include, output, sanitize = false }: BuildAddonOptions): Promise<BuiltAddon> {
  const began = performance.now();
  checkHeaders(include);
  const compiler = findCompiler();
  const flags = [...compilerFlags(sanitize), '-isystem', include, '-isystem', nodeHeaders];
  const files = filesOf('.cc');
  const common = hashOf([compiler.command, compiler.version, ...flags, ...filesOf('.h', '.inc').map(contentOf)]);
  const folder = join(objectFolder, sanitize ? 'sanitized' : 'release');
  mkdirSync(folder, { recursive: true });
  const objects = files.map((file) => ({ file, object: join(folder, `${flatName(relative(sources, file))}-${hashOf([common, contentOf(file)])}.o`) }));
  const missing = objects.filter(({ object }) => !touch(object));
  await inParallel(missing, availableParallelism(), ({ file, object }) =>
    throughPart(object, (part) => run(compiler, [...flags, '-c', file, '-o', part])),
  );
  const link = hashOf([common, ...objects.map(({ object }) => basename(object))]);
  const stamp = join(folder, `${flatName(relative(root, output))}.link`);
  const isNew = !existsSync(output) || !existsSync(stamp) || readFileSync(stamp, 'utf8') !== link;
  if (isNew) {
    mkdirSync(dirname(output), { recursive: true });
    await throughPart(output, (part) => run(compiler, [...linkerFlags(sanitize), ...objects.map(({ object }) => object), '-o', part]));
    writeFileSync(stamp, link);
  }
  dropOldObjects(folder);
  return { isNew, compiled: missing.length, compiler, ms: performance.now() - began };
}

function compilerFlags(sanitize: boolean): string[] {
  const optimisation = sanitize ? ['-O1', '-g', '-fno-omit-frame-pointer', ...sanitizers] : ['-O2'];
  return ['-std=c++17', ...optimisation, '-fPIC', '-fvisibility=hidden', ...warnings, '-pthread', '-DNAPI_VERSION=8'];
}

// GCC 12 takes the undefined values in its own header of AVX-512 for a mistake (its bug 105593); Clang does not know the warning.
const warnings = ['-Wall', '-Wextra', '-Werror', '-Wno-unknown-warning-option', '-Wno-maybe-uninitialized'];

const objectLifeMs = 86_400_000;

/** Of a compiler's messages. */
const mostLines = 40;

const sanitizers = ['-fsanitize=address,undefined', '-fno-sanitize-recover=undefined'];

function linkerFlags(sanitize: boolean): string[] {
  const checks = sanitize ? sanitizers : [];
  // Node's own functions are found when the addon is loaded.
  if (process.platform === 'darwin') return ['-bundle', '-undefined', 'dynamic_lookup', '-pthread', ...checks];
  // Bound at once: a function of TensorFlow's that was called past the table would be noticed when the addon is loaded.
  return ['-shared', '-Wl,-z,now', '-pthread', ...checks, '-ldl'];
}

function checkHeaders(include: string): void {
  for (const [header, what] of [
    [join(include, 'tensorflow/c/c_api.h'), "TensorFlow's headers"],
    [join(nodeHeaders, 'node_api.h'), "Node's headers (node-api-headers)"],
  ] as const) {
    if (existsSync(header)) continue;
    throw new BuildError('no-headers', `Building the addon for native TensorFlow: ${what} are missing; expected ${header}.`, {
      tip: 'Run "npm run native", which obtains both.',
    });
  }
}

function filesOf(...endings: readonly string[]): string[] {
  return readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((path) => endings.some((ending) => path.endsWith(ending)))
    .sort()
    .map((path) => join(sources, path));
}

function contentOf(path: string): string {
  return `${relative(sources, path)}\n${readFileSync(path, 'utf8')}`;
}

function hashOf(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').slice(0, 16);
}

function flatName(path: string): string {
  return path.replace(/[^\w.-]+/g, '_');
}

/** Marks a file as used now; false when there is none. */
function touch(path: string): boolean {
  try {
    const now = new Date();
    utimesSync(path, now, now);
    return true;
  } catch {
    return false;
  }
}

/** Those that no build has used for a while; a build that runs at the same time keeps its own. */
function dropOldObjects(folder: string): void {
  const oldest = Date.now() - objectLifeMs;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (name.endsWith('.o') && (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) < oldest) rmSync(path, { force: true });
  }
}

/** What is cut off leaves no half a file: `make` writes another one, which then takes the place. */
async function throughPart(path: string, make: (part: string) => Promise<void>): Promise<void> {
  const part = `${path}.${process.pid}.part`;
  try {
    await make(part);
    renameSync(part, path);
  } finally {
    rmSync(part, { force: true });
  }
}

async function inParallel<T>(items: readonly T[], workers: number, work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const worker = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(workers, items.length) }, worker));
}

function run({ command }: Compiler, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let messages = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (messages += text));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(buildFailed(command, signal ?? `code ${String(code)}`, messages));
    });
  });
}

function buildFailed(command: string, end: string, messages: string): BuildError {
  const lines = messages.trimEnd().split('\n');
  const left = lines.length > mostLines ? `\n… ${String(lines.length - mostLines)} more lines` : '';
  return new BuildError('build-failed', `Building the addon: ${command} ended with ${end}.\n${lines.slice(0, mostLines).join('\n')}${left}`);
}

if (process.argv[1] === import.meta.filename) {
  const folder = process.argv[2] ?? process.env['LAB_TENSORFLOW'];
  try {
    if (folder === undefined) {
      throw new BuildError('no-headers', "Building the addon for native TensorFlow: name TensorFlow's folder, the one that holds include/.");
    }
    const { isNew, compiled, compiler, ms } = await buildAddon({ include: join(folder, 'include'), output: addonPath });
    const what = isNew ? `${String(compiled)} files compiled with ${compiler.command}` : 'up to date';
    process.stdout.write(`Native addon: ${what}, ${(ms / 1000).toFixed(1)} s\n`);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    process.stderr.write(`${error.message}\n${error.tip === undefined ? '' : `Tip: ${error.tip}\n`}`);
    process.exitCode = 1;
  }
}
