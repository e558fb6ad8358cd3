/** The C++ compiler of the machine. */
import { spawnSync } from 'node:child_process';

/** `code` is a stable word; the message says what was being done and what came, `tip` what to do. */
export class BuildError extends Error {
  readonly code: string;
  readonly tip: string | undefined;

  constructor(code: string, message: string, options: { readonly tip?: string; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'BuildError';
    this.code = code;
    this.tip = options.tip;
  }
}

export interface Compiler {
  readonly command: string;
  /** First line of what it says of itself. */
  readonly version: string;
}

const usual = ['c++', 'g++', 'clang++'];

/** `$CXX` alone if it is set, else the first of the usual ones that runs. Throws BuildError 'no-compiler'. */
export function findCompiler(env: Readonly<Record<string, string | undefined>> = process.env): Compiler {
  const candidates = env['CXX'] ? [env['CXX']] : usual;
  for (const command of candidates) {
    const { status, stdout } = spawnSync(command, ['--version'], { encoding: 'utf8', env: { ...env } });
    if (status === 0) return { command, version: stdout.split('\n', 1)[0]! };
  }
  throw new BuildError('no-compiler', `Building the addon for native TensorFlow: no C++ compiler found; tried ${candidates.join(', ')}.`, {
    tip:
      process.platform === 'darwin'
        ? 'Install Apple\'s tools with "xcode-select --install", or name a compiler by CXX.'
        : 'Install one (Debian, Ubuntu: apt-get install g++; Fedora: dnf install gcc-c++), or name one by CXX.',
  });
}
