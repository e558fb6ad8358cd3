/** Which GPUs there are, found out by a process of its own. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EngineError } from '../../error.ts';
import type { Adapter } from './adapters.ts';

/** What a process left behind. */
export interface ProbeRun {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** It could not be started, or took too long. */
  readonly error?: Error;
}

const timeoutMs = 20_000;
const processPath = fileURLToPath(new URL('./probe-process.ts', import.meta.url));

let known: readonly Adapter[] | undefined;
let failure: EngineError | undefined;

/**
 * The adapters of this machine; asked once in a process (50 ms without a driver, up to a second with one). Throws EngineError
 * 'webgpu-probe-failed' when the probe crashed, hung or could not be started.
 */
export function probeAdapters(): readonly Adapter[] {
  if (failure !== undefined) throw failure;
  try {
    known ??= mayHaveAdapters() ? readProbe(runProbe()) : [];
    return known;
  } catch (error) {
    if (error instanceof EngineError) failure = error;
    throw error;
  }
}

function runProbe(): ProbeRun {
  return spawnSync(process.execPath, [processPath], {
    encoding: 'utf8',
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    windowsHide: true,
    // In Electron the program is not Node unless it is told so.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' },
  });
}

/** What the probe's process said. */
export function readProbe({ status, signal, stdout, stderr, error }: ProbeRun): readonly Adapter[] {
  const fail = (what: string): EngineError => {
    const last = stderr.trim().split('\n').findLast((line) => line.trim() !== '');
    return new EngineError('webgpu-probe-failed', `Backend 'webgpu': the probe of the GPU ${what}${last ? ` (${last.trim()})` : ''}.`, {
      tip: 'The driver of the GPU is probably broken: update it, or use another backend.',
    });
  };
  if (error && 'code' in error && error.code === 'ETIMEDOUT') throw fail(`did not answer within ${timeoutMs / 1000} s`);
  if (error) throw fail(`could not be started: ${error.message}`);
  if (signal !== null) throw fail(`was ended by ${signal}`);
  if (status !== 0) throw fail(`ended with code ${status}`);
  const line = stdout.trim().split('\n').at(-1) ?? '';
  try {
    const adapters: unknown = JSON.parse(line);
    if (Array.isArray(adapters)) return adapters as Adapter[];
  } catch {
    // told below
  }
  throw fail('gave an answer that cannot be read');
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether a probe can find anything: on Linux an adapter needs a Vulkan driver, which announces itself by a file (Vulkan loader,
 * "Driver discovery on Linux"). Without one nothing is started. Elsewhere the system brings its own.
 */
export function mayHaveAdapters(
  env: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): boolean {
  if (platform !== 'linux') return true;
  const named = [env['VK_DRIVER_FILES'], env['VK_ICD_FILENAMES'], env['VK_ADD_DRIVER_FILES']];
  if (named.some((list) => list?.split(':').some((path) => path !== '' && existsSync(path)))) return true;
  const folders = [
    ...(env['XDG_CONFIG_HOME'] || join(home, '.config')).split(':'),
    ...(env['XDG_CONFIG_DIRS'] || '/etc/xdg').split(':'),
    '/usr/local/etc',
    '/etc',
    ...(env['XDG_DATA_HOME'] || join(home, '.local/share')).split(':'),
    ...(env['XDG_DATA_DIRS'] || '/usr/local/share:/usr/share').split(':'),
    '/run/opengl-driver/share',
  ];
  return folders.some((folder) => holdsDriver(join(folder, 'vulkan', 'icd.d')));
}

function holdsDriver(folder: string): boolean {
  try {
    return readdirSync(folder).some((name) => name.endsWith('.json'));
  } catch {
    return false;
  }
}
