// Makes a checkout ready to run: packages, pinned Node, WebAssembly kernels. Does nothing, quickly, when all is there.
// Plain JavaScript for Node >= 20 without dependencies: it runs on a fresh clone.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkNodeVersion, findPinnedNode, pinnedNodePackage, root, SetupError } from '../../bin/runtime.js';
import { installPackages, isInstalled } from './install.mjs';
import { areKernelsBuilt, buildKernels } from './kernels.mjs';
import { takeLock } from './lock.mjs';
import { createReporter } from './report.mjs';

function pendingSteps(folder) {
  return { needsPackages: !isInstalled(folder) || findPinnedNode(folder) === undefined, needsKernels: !areKernelsBuilt(folder) };
}

/** Linux builds of Node and of the native packages need glibc. */
function checkLibrary() {
  if (process.platform !== 'linux') return;
  process.report.excludeNetwork = true;
  if (process.report.getReport().header.glibcVersionRuntime === undefined) {
    throw new SetupError(
      'platform-unsupported',
      'Set-up: the pinned Node needs a Linux with glibc; this one has another C library (musl?).',
      'Use a glibc distribution.',
    );
  }
}

function checkWritable(folder) {
  try {
    accessSync(folder, constants.W_OK);
    mkdirSync(join(folder, '.setup'), { recursive: true });
  } catch (error) {
    throw new SetupError(
      'folder-not-writable',
      `Set-up: cannot write to ${folder} (${error.code}).`,
      'Give yourself write access, or clone the project elsewhere.',
    );
  }
}

/** Starts the pinned Node with the native packages once, so that a broken one is named here and not in the middle of a search. */
function proveRuntime(folder) {
  const { name, version } = pinnedNodePackage(process.platform, process.arch, folder);
  const node = findPinnedNode(folder);
  if (node === undefined) {
    throw new SetupError(
      'node-missing',
      `Set-up: npm left out ${name} ${version}, the pinned Node for this platform.`,
      "The download may have been cut off: repeat the command. npm's settings must not leave out optional packages.",
    );
  }
  const check = 'require("sharp"); new (require("better-sqlite3"))(":memory:").close(); process.stdout.write(process.versions.node);';
  const result = spawnSync(node, ['-e', check], { cwd: folder, encoding: 'utf8' });
  if (result.status !== 0 || result.stdout !== version) {
    const came =
      result.error?.message ?? (result.status === 0 ? `version ${result.stdout}` : result.stderr.trim().split('\n').slice(-3).join(' '));
    throw new SetupError(
      'runtime-broken',
      `Set-up: Node ${version} with sharp and better-sqlite3 does not start: ${came}`,
      'Remove node_modules and repeat the command.',
    );
  }
  return node;
}

/**
 * Brings the checkout into a runnable state and returns the path of the pinned Node. Safe when several processes call it at once.
 * Throws SetupError: 'platform-unsupported', 'node-too-old', 'no-network', 'no-disk-space', 'folder-not-writable', 'npm-missing', ...
 */
export async function ensureSetup(folder = root) {
  checkNodeVersion();
  pinnedNodePackage();
  const before = pendingSteps(folder);
  if (!before.needsPackages && !before.needsKernels) return findPinnedNode(folder);

  checkLibrary();
  checkWritable(folder);
  const lock = await takeLock(join(folder, '.setup', 'lock'), (pid) => {
    process.stderr.write(`Set-up: another one (process ${pid}) is at work in this folder; waiting for it.\n`);
  });
  try {
    const { needsPackages, needsKernels } = pendingSteps(folder); // the other one may have done it
    const report = createReporter(Number(needsPackages) * 2 + Number(needsKernels));
    if (needsPackages) {
      await report.step('Installing the packages that package-lock.json pins, with Node 24 (1.5 GB on disk, a minute or more)', () =>
        installPackages(folder, lock.addChild),
      );
      await report.step('Starting the pinned Node and the native packages', () => proveRuntime(folder));
    }
    const node = findPinnedNode(folder);
    if (needsKernels) {
      await report.step('Compiling the WebAssembly kernels', () => buildKernels(folder, node));
    }
    return node;
  } finally {
    lock.release();
  }
}
