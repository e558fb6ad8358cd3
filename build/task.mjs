// `node build/task.mjs TASK ARGS`: the scripts of package.json. Every task sets the checkout up first and runs with the pinned Node.
import { join } from 'node:path';
import { checkNodeVersion, exitLike, printError, root, runNode, SetupError } from '../bin/runtime.js';

const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'build/vitest.config.ts'];

/** Each bench is a program of tests/bench; the order is the order of `npm run bench` without a name. */
export const benches = {
  networks: 'tests/bench/networks.ts',
  exactness: 'tests/bench/exactness.ts',
  'search-step': 'tests/bench/search-step.ts',
  loader: 'tests/bench/loader.ts',
  annotations: 'tests/bench/annotations.ts',
  'dpc-cache': 'tests/bench/dpc-cache.ts',
  search: 'tests/bench/search.ts',
  keypoints: 'tests/bench/keypoints.ts',
};

/** Each soak run is a program of tests/soak; without a name they run one after the other. */
export const soaks = {
  kill: 'tests/soak/kill.ts',
};

/** `NAME ARGS` -> one program with its arguments; nothing -> all of them. Throws SetupError 'unknown-name'. */
export function choose(table, task, args) {
  const [name, ...rest] = args;
  if (name === undefined) return Object.values(table).map((path) => [path]);
  if (table[name] === undefined) {
    throw new SetupError(
      'unknown-name',
      `npm run ${task}: "${name}" is none of ${Object.keys(table).join(', ')}.`,
      `Give options after a name: npm run ${task} -- NAME OPTIONS.`,
    );
  }
  return [[table[name], ...rest]];
}

/** Task -> the command lines that the pinned Node runs, one after the other; the first failure ends the task. */
const tasks = {
  setup: () => [],
  start: (args) => [['bin/follow.js', 'build/start.ts', ...args]],
  test: (args) => [[...vitest, ...args]],
  'test:package': (args) => [[...vitest, ...args, 'tests/flows/packaged-app.test.ts']],
  types: () => [
    ['node_modules/typescript/bin/tsc', '-p', '.'],
    ['node_modules/vue-tsc/bin/vue-tsc.js', '-p', 'renderer'],
  ],
  lint: (args) => [
    ['node_modules/eslint/bin/eslint.js', '--config', 'build/eslint.config.js', '--max-warnings', '0', ...(args.length > 0 ? args : ['.'])],
  ],
  check: (args) => [...tasks.types([]), ...tasks.lint([]), ...tasks.test(args)],
  native: (args) => [['build/native/native.ts', ...args]],
  sanitize: (args) => [['build/native/sanitize.ts', ...args]],
  bundle: () => [['build/bundle.ts'], ['build/ensure-interface.ts']],
  build: (args) => [['build/package.ts', ...args]],
  dev: (args) => [['bin/follow.js', 'build/dev.ts', ...args]],
  screenshots: (args) => [['tests/flows/screenshots.ts', ...args]],
  bench: (args) => choose(benches, 'bench', args),
  soak: (args) => choose(soaks, 'soak', args),
};

async function main([name, ...args]) {
  checkNodeVersion();
  const task = tasks[name];
  if (task === undefined) throw new SetupError('unknown-task', `build/task.mjs: "${name}" is none of ${Object.keys(tasks).join(', ')}.`);
  const { ensureSetup } = await import('./setup/setup.mjs'); // after the check: an old Node could not load it
  const node = await ensureSetup(root);
  // Making a package takes minutes and writes what other tests read: it is asked for by its own script.
  if (name === 'test:package') process.env.LAB_TEST_PACKAGE = '1';
  for (const command of task(args)) {
    const end = await runNode(node, ['--disable-warning=ExperimentalWarning', ...command], {
      cwd: root,
      follow: command[0] === 'bin/follow.js',
    });
    if (end.code !== 0) return end;
  }
  return { code: 0, signal: null };
}

if (process.argv[1] === join(root, 'build', 'task.mjs')) {
  try {
    exitLike(await main(process.argv.slice(2)));
  } catch (error) {
    printError(error);
    process.exitCode = error instanceof SetupError && error.code.startsWith('unknown-') ? 2 : 1;
  }
}
