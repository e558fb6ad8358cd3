// The packages: are they installed as the lock file says, and if not, npm ci.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SetupError } from '../../bin/runtime.js';
import { hideAddresses } from './report.mjs';

const neededBytes = 2.4e9; // measured: 1.54 GB of packages on Linux, and npm unpacks beside its cache

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Whether node_modules holds what package-lock.json names. npm writes node_modules/.package-lock.json as its last act, so an
 * installation that was cut off does not count. Optional packages are left out: they depend on the platform.
 */
export function isInstalled(folder) {
  const wanted = readJson(join(folder, 'package-lock.json'))?.packages;
  const installed = readJson(join(folder, 'node_modules', '.package-lock.json'))?.packages;
  if (wanted === undefined || installed === undefined) return false;
  return Object.entries(wanted).every(
    ([path, entry]) =>
      path === '' ||
      entry.optional === true ||
      entry.devOptional === true ||
      (installed[path]?.version === entry.version && existsSync(join(folder, path, 'package.json'))),
  );
}

/** How to start npm: the npm that runs us, else the one beside this Node, else `npm` of the path. */
export function npmCommand(env = process.env, execPath = process.execPath) {
  const beside = [
    join(dirname(execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(dirname(execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  const candidates = env.npm_execpath?.endsWith('npm-cli.js') ? [env.npm_execpath, ...beside] : beside;
  const script = candidates.find((path) => existsSync(path));
  if (script !== undefined) return { command: env.npm_node_execpath ?? execPath, args: [script], shell: false };
  return { command: 'npm', args: [], shell: process.platform === 'win32' };
}

const networkCodes =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED|EPROTO)\b/;

/** npm's output -> one sentence. Exported for its tests. */
export function explainNpmFailure(output, exitCode) {
  const lines = hideAddresses(output)
    .split('\n')
    .filter((line) => /npm (error|ERR!)/i.test(line));
  const detail = lines
    .find((line) => !/ code | errno | syscall |complete log/i.test(line))
    ?.replace(/^npm (error|ERR!)\s*/i, '')
    .trim();
  const network = networkCodes.exec(output);
  if (network !== null) {
    return new SetupError(
      'no-network',
      `Set-up: installing the packages needs the npm registry, which could not be reached (${network[1]}).`,
      'Check the connection, the proxy and npm\'s "registry" setting, then repeat the command; what was downloaded is kept.',
    );
  }
  if (/\b(ENOSPC|EDQUOT)\b/.test(output)) {
    return new SetupError(
      'no-disk-space',
      'Set-up: the disk is full while installing the packages.',
      'Free about 2.4 GB, then repeat the command.',
    );
  }
  const denied = /\b(EACCES|EROFS|EPERM|EBUSY)\b/.exec(output);
  if (denied !== null) {
    return new SetupError(
      'folder-not-writable',
      `Set-up: npm may not write its files (${denied[1]}): node_modules here or its own cache.`,
      'Give yourself write access to both, close programs that run from node_modules, then repeat the command.',
    );
  }
  if (/can only install (packages )?with an existing package-lock|package\.json and package-lock\.json .*(sync|match)/s.test(output)) {
    return new SetupError(
      'lock-file-differs',
      'Set-up: package.json and package-lock.json do not agree.',
      'Restore both from version control, or run npm install after changing package.json.',
    );
  }
  if (/\bEINTEGRITY\b/.test(output)) {
    return new SetupError(
      'package-damaged',
      'Set-up: a downloaded package differs from the checksum in package-lock.json.',
      'Run npm cache clean --force, then repeat the command; if it comes again, the registry serves other files than it should.',
    );
  }
  return new SetupError(
    'install-failed',
    `Set-up: npm ci ended with code ${exitCode}${detail ? ` (${detail})` : ''}.`,
    "Run npm ci --ignore-scripts to see npm's own messages.",
  );
}

function checkDiskSpace(folder) {
  let free;
  try {
    const info = statfsSync(folder);
    free = info.bavail * info.bsize;
  } catch {
    return; // no such call on this file system: npm will tell
  }
  if (free < neededBytes) {
    throw new SetupError(
      'no-disk-space',
      `Set-up: the packages need about ${(neededBytes / 1e9).toFixed(1)} GB; ${(free / 1e9).toFixed(2)} GB are free in ${folder}.`,
      'Free some space, then repeat the command.',
    );
  }
}

function runNpm(folder, flags, onChild) {
  const npm = npmCommand();
  const args = [
    ...npm.args,
    'ci',
    '--ignore-scripts',
    '--include=dev',
    '--include=optional',
    '--engine-strict=false',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    ...flags,
  ];
  return new Promise((fulfil, reject) => {
    const child = spawn(npm.command, args, { cwd: folder, shell: npm.shell, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    if (child.pid !== undefined) onChild(child.pid);
    const keep = (chunk) => {
      output = (output + String(chunk)).slice(-100_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => {
      reject(
        new SetupError(
          'npm-missing',
          `Set-up: npm could not be started (${error.code ?? error.message}); it is needed once to install the packages.`,
          'Install npm (it comes with Node), then repeat the command.',
        ),
      );
    });
    child.once('close', (code) => fulfil({ code, output }));
  });
}

/** Installs what package-lock.json names, without install scripts, from npm's cache where possible. `onChild(pid)` names npm's process. */
export async function installPackages(folder, onChild = () => {}) {
  checkDiskSpace(folder);
  const retries = ['--fetch-retries=2', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=8000'];
  let result = await runNpm(folder, ['--prefer-offline', ...retries], onChild);
  if (result.code !== 0 && /\b(ETARGET|E404|EINTEGRITY)\b/.test(result.output)) {
    result = await runNpm(folder, ['--prefer-online', ...retries], onChild); // the cache is older than the lock file
  }
  if (result.code !== 0) throw explainNpmFailure(result.output, result.code);
}
