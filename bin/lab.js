#!/usr/bin/env node
// Starts the command line with the pinned Node: the TypeScript sources in a checkout, the bundle in an installed package.
// A checkout that has not been set up is set up first.
import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import { checkNodeVersion, exitLike, findPinnedNode, printError, root, runNode, SetupError } from './runtime.js';

const sourceEntry = join(root, 'electron', 'lab', 'cli', 'index.ts');
const bundledEntry = join(root, 'out', 'main', 'cli.js');
// Node refuses to strip types below a node_modules folder, so an installed package always runs its bundle.
const isCheckout = existsSync(sourceEntry) && !root.includes(`${sep}node_modules${sep}`);

async function prepare() {
  checkNodeVersion();
  if (isCheckout) {
    const { ensureSetup } = await import('../build/setup/setup.mjs');
    return { node: await ensureSetup(), entry: sourceEntry };
  }
  const node = findPinnedNode();
  if (node === undefined) {
    throw new SetupError(
      'node-missing',
      'Start: the package of the pinned Node for this platform is not installed; it comes as an optional dependency.',
      'Install again without --omit=optional.',
    );
  }
  return { node, entry: bundledEntry };
}

try {
  const { node, entry } = await prepare();
  const follow = join(root, 'bin', 'follow.js');
  // `npm run lab -- ARGS` starts in the project's folder; relative paths mean the folder where the user typed it.
  const cwd = process.env.npm_lifecycle_event === 'lab' ? process.env.INIT_CWD : undefined;
  exitLike(await runNode(node, ['--disable-warning=ExperimentalWarning', follow, entry, ...process.argv.slice(2)], { cwd, follow: true }));
} catch (error) {
  printError(error);
  process.exitCode = 1;
}
