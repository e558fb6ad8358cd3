import { describe, expect, test } from 'vitest';
import { StoreError } from '../../../../db/store.ts';
import type { ExportReport, LabApi } from '../../../../electron/ipc/contract.ts';
import { experimentView, runOn } from './fake-lab.ts';
import type { CliError } from './run-lab.ts';

const report: ExportReport = {
  id: 'hrnas-7f3a2c',
  file: '/x/one.naslab',
  bytes: 2_500_000,
  files: 13,
  trials: 12,
  hasStates: true,
  missing: ['trial-0003.safetensors'],
};

/** Remembers what it was asked for. */
function fakeLab(): { readonly lab: Partial<LabApi>; readonly calls: unknown[] } {
  const calls: unknown[] = [];
  return {
    calls,
    lab: {
      exportExperiment: (...args) => {
        calls.push(args);
        return Promise.resolve(report);
      },
      importExperiment: (file) =>
        file.endsWith('bad')
          ? Promise.reject(new StoreError('import-invalid', 'The file cannot be imported: it is cut off.', { tip: 'Copy it whole.' }))
          : Promise.resolve({ experiment: experimentView, exportedId: 'hrnas-000000' }),
    },
  };
}

describe('lab export --naslab', () => {
  test('the report as document; in words also what is missing and that it can be resumed', async () => {
    const { lab, calls } = fakeLab();
    expect((await runOn(lab, ['export', 'hrnas', '--naslab', 'one.naslab', '--json'])).json()).toEqual(report);
    const { out } = await runOn(lab, ['export', 'hrnas', '--naslab', 'one.naslab', '--no-states']);
    expect(out).toMatch(/hrnas-7f3a2c with 12 trials and 13 files, 2\.5 MB\n.*resumed.*\n.*gone: trial-0003/);
    expect(calls).toEqual([
      ['hrnas', 'one.naslab', { withStates: true }],
      ['hrnas', 'one.naslab', { withStates: false }],
    ]);
  });

  test.each([
    ['neither form', ['export', 'x']],
    ['both forms', ['export', 'x', '--naslab', 'a', '--safetensors', 'b']],
    ['weights with an experiment', ['export', 'x', '--naslab', 'a', '--weights', 'fill']],
    ['--no-states with a network', ['export', 'x', '--safetensors', 'a', '--no-states']],
  ])('%s: exit 2, both forms are named', async (_, args) => {
    const { lab, calls } = fakeLab();
    const run = await runOn(lab, [...args, '--json']);
    expect(run.exit).toBe(2);
    expect(run.json<CliError>().error).toMatchObject({ code: 'usage', message: expect.stringMatching(/--safetensors.*--naslab/) });
    expect(calls).toEqual([]);
  });

  test('help has an example of each form', async () => {
    const { out } = await runOn({}, ['help', 'export']);
    expect(out).toContain('lab export hrnas-7f3a2c:t12 --onnx');
    expect(out).toContain('lab export hrnas-7f3a2c --naslab');
  });
});

describe('lab import', () => {
  test('says the new id and the old one, and how to look at it', async () => {
    const { lab } = fakeLab();
    const { out, exit } = await runOn(lab, ['import', 'one.naslab', '--home', '/my home']);
    expect(exit).toBe(0);
    expect(out).toMatch(
      /Imported hrnas-7f3a2c \(it was hrnas-000000; that id is taken here\): complete, 4 complete trials\.\n.*lab show hrnas-7f3a2c --home '\/my home'/,
    );
    expect((await runOn(lab, ['import', 'one.naslab', '--json'])).json()).toEqual({
      experiment: experimentView,
      exportedId: 'hrnas-000000',
    });
  });

  test('a file that is refused: exit 2 with its code; no file named: usage', async () => {
    const { lab } = fakeLab();
    const run = await runOn(lab, ['import', 'bad', '--json']);
    expect(run.exit).toBe(2);
    expect(run.json<CliError>().error).toEqual({
      code: 'import-invalid',
      message: 'The file cannot be imported: it is cut off.',
      tip: 'Copy it whole.',
    });
    expect((await runOn(lab, ['import'])).exit).toBe(2);
  });
});
