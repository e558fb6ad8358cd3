/** Brings the wheels of a plan into a folder: by ourselves, which can be resumed and watched; else by pip. */
import { mkdirSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { EngineError } from '../../../engine/error.ts';
import { digestOf, download } from './download.ts';
import { findWheels, fits, isPublished } from './find-wheels.ts';
import type { WheelSource } from './find-wheels.ts';
import { knownWheels } from './known-wheels.ts';
import { indexesOf } from './package-index.ts';
import type { Indexes } from './package-index.ts';
import { findPip, pipConfig, pipDefaultIndex, pipDownload } from './pip.ts';
import type { PipCommand } from './pip.ts';
import type { WheelPlan } from './tensorflow-wheels.ts';
import { parseWheelName } from './wheel-name.ts';
import type { Requirement } from './wheel-name.ts';

/** A wheel that is here. */
export interface LocalWheel {
  readonly file: string;
  readonly sha256: string;
}

export interface FetchRequest {
  readonly plan: WheelPlan;
  /** Where wheels go, and where unfinished ones are kept. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Called once, before anything is downloaded: names, and bytes where the index tells. */
  readonly onFound: (wheels: readonly WheelSource[]) => void;
  readonly onProgress: (doneBytes: number, totalBytes: number, file: string) => void;
  readonly say: (line: string) => void;
  /** Arguments of tests: how pip is found, and the published checksums. */
  readonly findPip?: () => Promise<PipCommand | undefined>;
  readonly known?: Readonly<Record<string, string>>;
}

/** What our own way cannot do and pip may: it has certificates, proxies and credentials of its own, and folders of wheels. */
const pipMayHelp: ReadonlySet<string> = new Set([
  'no-index',
  'no-network',
  'index-failed',
  'wheel-not-found',
  'no-checksum',
  'download-refused',
]);

/** Throws what `findWheels`, `download` and `pipDownload` throw; without pip the tip says that pip would be another way. */
export async function fetchWheels(request: FetchRequest): Promise<readonly LocalWheel[]> {
  const pip = await (request.findPip ?? findPip)();
  const indexes = await knownIndexes(request.env, pip);
  mkdirSync(request.folder, { recursive: true });
  try {
    const wheels = await findWheels(request.plan, indexes, request.signal, request.known);
    request.onFound(wheels);
    return await downloadAll(request, wheels);
  } catch (error) {
    if (!(error instanceof EngineError) || !pipMayHelp.has(error.code)) throw error;
    if (pip === undefined) throw error.code === 'no-index' ? error : withPipTip(error);
    request.say(`${error.message} Trying with pip.`);
    return fetchWithPip(request, pip);
  }
}

async function knownIndexes(env: FetchRequest['env'], pip: PipCommand | undefined): Promise<Indexes> {
  if (pip === undefined) return indexesOf(env);
  const config = await pipConfig(pip);
  const indexes = indexesOf(env, config);
  return indexes.length > 0 ? indexes : indexesOf(env, config, await pipDefaultIndex(pip));
}

function withPipTip(error: EngineError): EngineError {
  const tip = `${error.tip ?? ''} With Python's pip installed its own way of downloading is tried, too.`.trim();
  return new EngineError(error.code, error.message, { tip, cause: error });
}

async function downloadAll(request: FetchRequest, wheels: readonly WheelSource[]): Promise<readonly LocalWheel[]> {
  const sizes = wheels.map(({ sizeBytes }) => sizeBytes ?? 0);
  const here: LocalWheel[] = [];
  let before = 0;
  for (const [i, { file, url, headers, sha256 }] of wheels.entries()) {
    const path = join(request.folder, basename(file));
    await download({
      url,
      headers,
      file: path,
      sha256,
      signal: request.signal,
      onProgress: (done, total) => {
        if (total !== undefined) sizes[i] = total;
        request.onProgress(
          before + done,
          sizes.reduce((sum, size) => sum + size, 0),
          file,
        );
      },
    });
    before += sizes[i] ?? 0;
    here.push({ file: path, sha256 });
  }
  return here;
}

async function fetchWithPip(
  { plan, folder, signal, say, known = knownWheels }: FetchRequest,
  pip: PipCommand,
): Promise<readonly LocalWheel[]> {
  const here: LocalWheel[] = [];
  for (const requirement of plan.requirements) {
    if (findLocal(folder, plan, requirement) === undefined) await pipDownload(pip, plan, requirement, folder, signal);
    const file = findLocal(folder, plan, requirement);
    if (file === undefined) throw new EngineError('pip-failed', `Downloading ${requirement.name} with pip: it left no wheel in ${folder}.`);
    here.push(await checkWheel(join(folder, file), file, known));
    say(`${file}: downloaded by pip`);
  }
  return here;
}

function findLocal(folder: string, plan: WheelPlan, requirement: Requirement): string | undefined {
  return readdirSync(folder).find((file) => {
    const name = parseWheelName(file);
    return name !== undefined && fits(name, requirement, plan);
  });
}

/**
 * A published wheel must have its published checksum; of packages that are not known it is noted. Throws EngineError 'wheel-damaged', or
 * 'wheel-unknown' for a file of a known package that was not published under this name.
 */
export async function checkWheel(path: string, file: string, known: Readonly<Record<string, string>> = knownWheels): Promise<LocalWheel> {
  if (!isPublished(file, known)) {
    throw new EngineError('wheel-unknown', `Reading ${path}: no wheel was published under the name ${file}.`, {
      tip: 'Give the file the name that it has in the package index, or get another.',
    });
  }
  const sha256 = await digestOf(path);
  const published = known[file];
  if (published === undefined || published === sha256) return { file: path, sha256 };
  throw new EngineError('wheel-damaged', `Reading ${path}: its SHA-256 is ${sha256}, that of the published file is ${published}.`, {
    tip: 'Delete the file and repeat the command.',
  });
}
