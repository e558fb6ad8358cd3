import { describe, expect, it } from 'vitest';
import { checkDemo, checkQuickDemo, checkSuite, countTests, quickSeconds, suiteSeconds } from '../../build/ci/checks.mjs';
import { runWatched, treeBytes } from '../../build/ci/processes.mjs';

const report = (parts: object): object => ({
  success: true,
  numPassedTests: 5,
  numFailedTests: 0,
  numPendingTests: 1,
  testResults: [],
  ...parts,
});

describe('countTests', () => {
  it.each([
    ['all passed', report({}), { passed: 5, failed: 0, skipped: 1 }],
    ['two failed', report({ success: false, numFailedTests: 2 }), { passed: 5, failed: 2, skipped: 1 }],
    [
      'a file that could not be loaded',
      report({ success: false, testResults: [{ status: 'failed', assertionResults: [] }] }),
      { passed: 5, failed: 1, skipped: 1 },
    ],
    ['an error outside of the tests', report({ success: false }), { passed: 5, failed: 1, skipped: 1 }],
    ['no report', undefined, { passed: 0, failed: 1, skipped: 0 }],
  ])('%s', (_title, input, expected) => {
    expect(countTests(input)).toEqual(expected);
  });
});

function trial(number: number, role: string, series: string, macs: number, value: number | null): object {
  return { number, state: 'complete', role, series, cost: { macs }, metrics: [{ name: 'mIoU', value }], steps: 400 };
}

describe('checkQuickDemo', () => {
  const complete = { state: 'complete', front: [trial(1, 'front', '', 10, 0)] };
  const document = { ...complete, baseline: complete };
  const passed = (...args: Parameters<typeof checkQuickDemo>): boolean[] => checkQuickDemo(...args).map(({ pass }) => pass);

  it.each([
    ['exactly on the bar', document, quickSeconds, [true, true]],
    ['too slow', document, quickSeconds + 0.1, [true, false]],
    ['no front', { ...document, front: [] }, 1, [false, true]],
    ['stopped', { ...document, state: 'stopped' }, 1, [false, true]],
    ['no random search', complete, 1, [false, true]],
    ['a random search that failed', { ...complete, baseline: { ...complete, state: 'failed' } }, 1, [false, true]],
  ])('%s', (_title, given, seconds, expected) => {
    expect(passed('dpc', given, seconds)).toEqual(expected);
    expect(passed('dpc', given, seconds, true)).toEqual([expected[0], true]);
  });
});

describe('checkDemo', () => {
  const trials = [
    trial(0, 'reference', 'rho=0', 1000, 0.5),
    trial(1, 'trajectory', 'rho=1', 550, 0.49),
    trial(2, 'front', 'rho=1', 600, 0.475),
    trial(3, 'front', 'rho=2', 400, 0.4),
    trial(4, 'front', 'rho=3', 200, 0.2),
  ];
  const document = { state: 'complete', front: [trials[2], trials[3], trials[4]], best: trials[2] };
  const measured = { seconds: 150, peakBytes: 2 ** 31 };
  const failures = (...args: Parameters<typeof checkDemo>): string[] =>
    checkDemo(...args)
      .filter((check) => !check.pass)
      .map((check) => check.what);

  it('exactly on every bar: passes', () => {
    expect(failures(document, trials, measured)).toEqual([]);
  });

  it.each([
    ['interrupted', { ...document, state: 'interrupted' }, trials, measured, /complete/],
    [
      'two penalties',
      document,
      trials.map((entry) => ({
        ...entry,
        series: (entry as { number: number }).number === 4 ? 'rho=2' : (entry as { series: string }).series,
      })),
      measured,
      /3 penalties/,
    ],
    ['the best is no trial', { ...document, best: { number: 9 } }, trials, measured, /best name finished/],
    ['no reference', document, trials.slice(1), measured, /reference/],
    ['the reference was trained longer', document, [{ ...trials[0], steps: 500 }, ...trials.slice(1)], measured, /equal steps/],
    [
      'a little too inaccurate',
      document,
      [trials[0] as object, trial(2, 'front', 'rho=1', 600, 0.4749), ...trials.slice(3)],
      measured,
      /of the MACs at/,
    ],
    [
      'a little too large',
      document,
      [trials[0] as object, trial(2, 'front', 'rho=1', 601, 0.5), ...trials.slice(3)],
      measured,
      /of the MACs at/,
    ],
    [
      'accuracies that are no numbers',
      document,
      [trials[0] as object, trial(2, 'front', 'rho=1', 600, null), ...trials.slice(3)],
      measured,
      /penalties/,
    ],
    ['too slow', document, trials, { ...measured, seconds: 150.1 }, /150 s/],
    ['too large', document, trials, { ...measured, peakBytes: 2 ** 31 + 1 }, /2 GB/],
  ])('%s: fails', (_title, badDocument, badTrials, badMeasured, expected) => {
    expect(failures(badDocument, badTrials, badMeasured).join('\n')).toMatch(expected);
  });

  it('memory that was not measured: fails on Linux, where it can be; passes where it cannot', () => {
    const unmeasured = { ...measured, peakBytes: undefined };
    expect(failures(document, trials, unmeasured, false, 'linux')).toEqual(['demo: at most 2 GB']);
    expect(failures(document, trials, unmeasured, false, 'win32')).toEqual([]);
    expect(failures(document, trials, unmeasured, true, 'linux')).toEqual([]);
  });

  it('report only: time and memory are not judged, the rest is', () => {
    const slow = { seconds: 1000, peakBytes: 2 ** 40 };
    expect(failures(document, trials, slow, true)).toEqual([]);
    expect(failures({ ...document, state: 'failed' }, trials, slow, true)).toHaveLength(1);
  });
});

describe('checkSuite', () => {
  it('15 minutes pass, a second more fails, and passes where time is only reported', () => {
    expect(suiteSeconds).toBe(900);
    expect(checkSuite(900).pass).toBe(true);
    expect(checkSuite(901).pass).toBe(false);
    expect(checkSuite(901, true).pass).toBe(true);
  });
});

describe('processes', () => {
  it('memory of a tree: the process and all below it, nobody else', () => {
    const processes = [
      { pid: 1, parent: 0, bytes: 1000 },
      { pid: 2, parent: 1, bytes: 100 },
      { pid: 3, parent: 2, bytes: 10 },
      { pid: 4, parent: 9, bytes: 1 },
    ];
    expect(treeBytes(2, processes)).toBe(110);
    expect(treeBytes(1, processes)).toBe(1110);
  });

  it('slow: exit code, output and peak memory of a program and its child', async () => {
    const allocate = 'const a = Buffer.alloc(150e6, 1); process.stdout.write(String(a.length)); setTimeout(() => process.exit(3), 1300);';
    const parent = `const c = require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(allocate)}], { stdio: "inherit" }); c.on("exit", (code) => process.exit(code));`;
    const end = await runWatched(process.execPath, ['-e', parent], { cwd: '.', limitSeconds: 20, capture: true, watchMemory: true });
    expect(end).toMatchObject({ code: 3, stdout: '150000000' });
    if (process.platform !== 'win32') expect(end.peakBytes).toBeGreaterThan(150e6);
  });

  it('slow: past its limit a program is ended with its children', async () => {
    const end = await runWatched(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { cwd: '.', limitSeconds: 0.3, capture: true });
    expect(end.code).toBeUndefined();
    expect(end.seconds).toBeLessThan(10);
  });
});
