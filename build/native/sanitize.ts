/**
 * Builds the addon with AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer and runs its tests on that build; says what was
 * found. On Linux: `npm run sanitize [-- FOLDER [TESTS…]]`; FOLDER is TensorFlow's, the one that holds include/, else the installed one.
 * Reports go to out/native/sanitizers; the exit code is 1 when there are any, or when a test fails.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findInstalled } from '../../engine/backend/tensorflow/installed.ts';
import { buildAddon } from './build-addon.ts';
import { BuildError } from './compiler.ts';

const root = join(import.meta.dirname, '../..');
const addon = join(root, 'out/native/sanitized/tensorflow.node');
const reportFolder = join(root, 'out/native/sanitizers');
/** The addon's calls and its kernels; Vitest takes the beginnings of names. */
const usualTests = ['addon', 'kernels-', 'own-products'].map((name) => `tests/engine/backend/tensorflow/${name}`);

interface Report {
  readonly name: string;
  readonly text: string;
}

/** The sanitizers' library must be in the process before everything else, since Node is not built with it. */
function runTime(command: string): string {
  const path = spawnSync(command, ['-print-file-name=libasan.so'], { encoding: 'utf8' }).stdout.trim();
  if (existsSync(path)) return path;
  throw new BuildError('no-sanitizers', `Sanitizer run: the compiler ${command} has no libasan.so.`, {
    tip: 'Install the sanitizers of GCC (Debian: part of g++), or name g++ by CXX.',
  });
}

function environment(command: string, folder: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    LAB_ADDON: addon,
    LAB_TENSORFLOW: folder,
    LD_PRELOAD: runTime(command),
    // exitcode: leaks of Node's own are no reason for another exit code. alloc_dealloc_mismatch: TensorFlow's libraries have some.
    ASAN_OPTIONS: `log_path=${join(reportFolder, 'report')}:detect_leaks=1:exitcode=0:alloc_dealloc_mismatch=0`,
    LSAN_OPTIONS: `suppressions=${join(import.meta.dirname, 'sanitizers.supp')}:print_suppressions=0`,
    UBSAN_OPTIONS: 'print_stacktrace=1',
    TF_CPP_MIN_LOG_LEVEL: '2',
  };
}

/** What was found, without leaks that no function of the addon has to do with. */
function reports(): Report[] {
  return readdirSync(reportFolder)
    .sort()
    .map((name) => ({ name, text: ownFindings(readFileSync(join(reportFolder, name), 'utf8')) }))
    .filter(({ text }) => text !== '');
}

function ownFindings(report: string): string {
  const isLeakReport = report.includes('LeakSanitizer: detected memory leaks');
  const blocks = report.replace(unsuspended, '').trim().split(/\n{2,}/);
  return (isLeakReport ? blocks.filter((block) => block.includes(' in paretoscope::')) : blocks).join('\n\n');
}

/** Said, not found: a process that ends while a step runs, as a test does. */
const unsuspended = /^==\d+==Running thread \d+ was not suspended\. False leaks are possible\.\n/gm;

async function main(folder: string | undefined, tests: readonly string[]): Promise<number> {
  if (process.platform !== 'linux') throw new BuildError('no-sanitizers', 'Sanitizer run: it is written for Linux only.');
  if (folder === undefined) throw new BuildError('no-headers', "Sanitizer run: name TensorFlow's folder, the one that holds include/.");
  const { compiler, compiled } = await buildAddon({ include: join(folder, 'include'), output: addon, sanitize: true });
  process.stdout.write(`Sanitizer run: ${String(compiled)} files compiled with ${compiler.version}\n`);
  rmSync(reportFolder, { recursive: true, force: true });
  mkdirSync(reportFolder, { recursive: true });
  // Threads: leaks are looked for when a process ends by itself, and Vitest kills processes of its pool.
  const pool = ['--pool', 'threads', '--no-file-parallelism'];
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'build/vitest.config.ts', '--testTimeout', '300000', ...pool];
  const { status } = spawnSync(process.execPath, [...vitest, ...(tests.length > 0 ? tests : usualTests)], {
    cwd: root,
    stdio: 'inherit',
    env: environment(compiler.command, folder),
  });
  const found = reports();
  for (const { name, text } of found) process.stdout.write(`\n${name}\n${text}\n`);
  process.stdout.write(`Sanitizer run: ${String(found.length)} reports, tests ended with ${String(status)}\n`);
  return found.length === 0 && status === 0 ? 0 : 1;
}

const [folder = findInstalled()?.folder, ...tests] = process.argv.slice(2);
try {
  process.exitCode = await main(folder, tests);
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  process.stderr.write(`${error.message}\n${error.tip === undefined ? '' : `Tip: ${error.tip}\n`}`);
  process.exitCode = 1;
}
