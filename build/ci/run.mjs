// Continuous integration: native TensorFlow, `npm test`, the packed app, types, lint, the demo with its figures, the quick forms of the others; the last line is "N passed, N failed".
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../bin/runtime.js';
import { npmCommand } from '../setup/install.mjs';
import { checkDemo, checkQuickDemo, checkSuite, countTests } from './checks.mjs';
import { runWatched } from './processes.mjs';

// Together under 60 minutes. Native: set-up, a download of 0.3 GB, and the addon's compilation (1 to 2 minutes on two cores).
const limits = {
  nativeSeconds: 12 * 60,
  testSeconds: 25 * 60,
  packageSeconds: 12 * 60,
  checkSeconds: 3 * 60,
  demoSeconds: 8 * 60,
  quickSeconds: 4 * 60,
};
const isReportOnly = process.env.LAB_CI_REPORT_ONLY === '1';
const work = mkdtempSync(join(tmpdir(), 'lab-ci-'));
const total = { passed: 0, failed: 0 };

const say = (text) => process.stdout.write(`${text}\n`);

function count({ what, pass, detail }) {
  total[pass ? 'passed' : 'failed'] += 1;
  say(`${pass ? 'passed' : 'FAILED'}  ${what}${detail ? `: ${detail}` : ''}`);
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Runs a script of package.json through npm, as a user does. */
function npmRun(args, limitSeconds) {
  const npm = npmCommand();
  if (npm.shell) return runWatched(`${npm.command} ${args.join(' ')}`, [], { cwd: root, limitSeconds });
  return runWatched(npm.command, [...npm.args, ...args], { cwd: root, limitSeconds });
}

/** Its own last lines on the terminal say what is wrong; the tests then run on the other backends. */
async function runNative() {
  say('== npm run native');
  const end = await npmRun(['run', 'native'], limits.nativeSeconds);
  const why = end.code === undefined ? `ended after ${limits.nativeSeconds} s` : `${end.seconds.toFixed(0)} s`;
  count({ what: 'npm run native', pass: end.code === 0, detail: why });
}

async function runTests() {
  say('== npm test');
  const report = join(work, 'tests.json');
  const end = await npmRun(['test', '--', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`], limits.testSeconds);
  const counts = countTests(readReport(report));
  total.passed += counts.passed;
  total.failed += counts.failed;
  if (end.code !== 0 && counts.failed === 0) total.failed += 1;
  const note = end.code === undefined ? `, ended after ${limits.testSeconds} s` : '';
  say(`npm test: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped in ${Math.round(end.seconds)} s${note}`);
  count(checkSuite(end.seconds, isReportOnly));
}

/** The packed app runs the demo; skipped, with a line that says why, where no Electron or display can be had. */
async function runPackage() {
  say('== npm run test:package');
  const end = await npmRun(['run', 'test:package'], limits.packageSeconds);
  const why = end.code === undefined ? `ended after ${limits.packageSeconds} s` : `${end.seconds.toFixed(0)} s`;
  count({ what: 'npm run test:package', pass: end.code === 0, detail: why });
}

async function runChecks() {
  for (const script of ['types', 'lint']) {
    say(`== npm run ${script}`);
    const end = await npmRun(['run', script], limits.checkSeconds);
    count({ what: `npm run ${script}`, pass: end.code === 0, detail: `${end.seconds.toFixed(0)} s` });
  }
}

function lab(args, options) {
  return runWatched(process.execPath, [join(root, 'bin', 'lab.js'), '--json', '--home', join(work, 'home'), ...args], {
    cwd: work,
    capture: true,
    ...options,
  });
}

async function runDemo() {
  say('== lab demo');
  // its bars are those of the embedded backend, which every machine has
  const demo = await lab(['demo', '--backend', 'wasm'], { limitSeconds: limits.demoSeconds, watchMemory: true });
  if (demo.code !== 0) {
    count({ what: 'lab demo', pass: false, detail: `exit code ${demo.code ?? 'none: too slow'}; ${demo.stdout.slice(-2000)}` });
    return;
  }
  const document = JSON.parse(demo.stdout);
  const listed = await lab(['trials', document.id], { limitSeconds: 60 });
  const { trials } = JSON.parse(listed.stdout);
  for (const check of checkDemo(document, trials, demo, isReportOnly)) count(check);
}

async function runQuickDemos() {
  for (const name of ['hr-nas-pose', 'lite-hrnet', 'dpc']) {
    say(`== lab demo ${name} --quick`);
    const demo = await lab(['demo', name, '--quick', '--backend', 'wasm'], { limitSeconds: limits.quickSeconds });
    if (demo.code === 0) {
      for (const check of checkQuickDemo(name, JSON.parse(demo.stdout), demo.seconds, isReportOnly)) count(check);
      continue;
    }
    count({ what: `lab demo ${name} --quick`, pass: false, detail: `exit code ${demo.code ?? 'none: too slow'}; ${demo.stdout.slice(-2000)}` });
  }
}

async function guarded(what, action) {
  try {
    await action();
  } catch (error) {
    count({ what, pass: false, detail: error instanceof Error ? error.stack : String(error) });
  }
}

try {
  await guarded('npm run native', runNative);
  await guarded('npm test', runTests);
  await guarded('npm run test:package', runPackage);
  await guarded('types and lint', runChecks);
  await guarded('lab demo', runDemo);
  await guarded('quick demos', runQuickDemos);
} finally {
  rmSync(work, { recursive: true, force: true });
}
say(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
