/** Python's pip, where there is one: it knows the index's settings, and downloads where we cannot (credentials, proxies, certificates of its own). */
import { spawn } from 'node:child_process';
import type { SpawnOptions } from 'node:child_process';
import { EngineError } from '../../../engine/error.ts';
import { withoutAddresses } from './package-index.ts';
import { pipPython } from './tensorflow-wheels.ts';
import type { WheelPlan } from './tensorflow-wheels.ts';
import type { Requirement } from './wheel-name.ts';

/** A command line to which pip's arguments are added. */
export type PipCommand = readonly string[];

const candidates: readonly PipCommand[] = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3'], ['pip']];

/** How pip is started here; undefined where there is none. */
export async function findPip(commands: readonly PipCommand[] = candidates): Promise<PipCommand | undefined> {
  for (const command of commands) {
    const { code } = await run([...command, '--version']).catch(() => ({ code: 1 }));
    if (code === 0) return command;
  }
  return undefined;
}

/** What `pip config list` prints; '' when it fails. */
export async function pipConfig(pip: PipCommand): Promise<string> {
  const { code, output } = await run([...pip, 'config', 'list']);
  return code === 0 ? output : '';
}

/** The index that pip asks without settings, from its own help: 'Base URL of the Python Package Index (default ADDRESS)'. */
export async function pipDefaultIndex(pip: PipCommand): Promise<string | undefined> {
  const { output } = await run([...pip, 'download', '--help'], { env: { ...process.env, COLUMNS: '200' } });
  return /--index-url\b[^(]*\(default\s+(https?:\/\/[^\s)]+)\)/.exec(output)?.[1];
}

/**
 * Lets pip download one wheel into `folder`. Throws EngineError 'no-network', 'wheel-not-found' or 'pip-failed'; the signal's reason when it
 * is aborted.
 */
export async function pipDownload(
  pip: PipCommand,
  plan: WheelPlan,
  requirement: Requirement,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const { name, version } = requirement;
  const target = ['--python-version', pipPython, '--implementation', 'cp', ...plan.pipPlatforms.flatMap((tag) => ['--platform', tag])];
  const { code, output } = await run(
    [
      ...pip,
      ...['download', '--no-deps', '--only-binary', ':all:', '--no-input', '--disable-pip-version-check', '--progress-bar', 'off'],
      ...target,
      ...['--dest', folder, `${name}==${version}`],
    ],
    { signal },
  );
  signal.throwIfAborted();
  if (code !== 0) throw pipFailure(requirement, output, code);
}

/** pip's output -> one sentence. */
export function pipFailure(requirement: Requirement, output: string, code: number | null): EngineError {
  const doing = `Downloading ${requirement.name} ${requirement.version} with pip`;
  if (
    /Failed to establish a new connection|NewConnectionError|Temporary failure in name resolution|ReadTimeoutError|ProxyError|Network is unreachable/.test(
      output,
    )
  ) {
    return new EngineError('no-network', `${doing}: the package index could not be reached.`, {
      tip: 'Check the connection and the proxy, then repeat the command. Without a network: --wheel FILE.',
    });
  }
  if (/No matching distribution found/.test(output)) {
    return new EngineError('wheel-not-found', `${doing}: the package index has no such wheel for ${process.platform}-${process.arch}.`, {
      tip: "Check pip's index-url (pip config list), or download the wheel elsewhere and give it: --wheel FILE.",
    });
  }
  if (/No space left on device|ENOSPC/.test(output)) {
    return new EngineError('disk-full', `${doing}: the disk is full.`, { tip: 'Free some space, then repeat the command.' });
  }
  const last =
    withoutAddresses(output)
      .trim()
      .split('\n')
      .filter((line) => /^ERROR/.test(line))
      .at(-1) ?? `it ended with code ${code}`;
  return new EngineError('pip-failed', `${doing}: ${last.replace(/^ERROR:\s*/, '').replace(/\.?$/, '.')}`, {
    tip: 'Run "pip download" by hand to see all that it says, and give its file: --wheel FILE.',
  });
}

const keptOutput = 20_000;

function run(command: readonly string[], options: SpawnOptions = {}): Promise<{ readonly code: number | null; readonly output: string }> {
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { windowsHide: true, ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-keptOutput);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}
