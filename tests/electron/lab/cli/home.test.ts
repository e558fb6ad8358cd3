import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import type { DoctorReport } from '../../../../electron/ipc/contract.ts';
import { runLab, scratch } from './run-lab.ts';
import type { CliError } from './run-lab.ts';

const folder = scratch();
afterAll(folder.remove);

describe('lab doctor and prune, slow: processes', () => {
  test('an empty home: nothing is wrong, and nothing is created', async () => {
    const home = folder.path('none');
    const run = await runLab(['doctor', '--json'], { home });
    expect(run.exit).toBe(0);
    expect(run.json()).toMatchObject({ home, database: 'missing', backups: [] });
    expect((await runLab(['prune', '--json'], { home })).json()).toMatchObject({ files: [], bytes: 0, applied: false });
    expect((await runLab(['doctor', '--home', home])).out).toContain('held by');
  });

  test('--home wins over LAB_HOME', async () => {
    const run = await runLab(['doctor', '--json', '--home', folder.path('given')], { home: folder.path('env') });
    expect(run.json<DoctorReport>().home).toBe(folder.path('given'));
  });

  test('a damaged database: every command says so with a tip, doctor exits 1, --start-empty keeps the damaged file', async () => {
    const home = folder.path('damaged');
    mkdirSync(home);
    writeFileSync(`${home}/lab.sqlite`, 'this is no database, and long enough to be looked at as one\n'.repeat(200));
    const damaged = readFileSync(`${home}/lab.sqlite`);
    const ls = await runLab(['ls', '--json'], { home });
    expect(ls.exit).toBe(1);
    expect(ls.json<CliError>().error).toMatchObject({ code: 'database-damaged', tip: expect.stringContaining('lab doctor') });
    expect((await runLab(['doctor', '--json'], { home })).exit).toBe(1);
    const repaired = await runLab(['doctor', '--start-empty', '--json'], { home });
    const [kept = ''] = repaired.json<DoctorReport>().repaired?.kept ?? [];
    expect(readFileSync(kept).equals(damaged)).toBe(true);
    expect((await runLab(['ls', '--json'], { home })).json()).toEqual({ experiments: [] });
  });

  test('--restore and --start-empty together are refused', async () => {
    expect((await runLab(['doctor', '--restore', '--start-empty'], { home: folder.path('x') })).exit).toBe(2);
  });
});

describe('lab verify, slow: runs networks', () => {
  const write = (name: string, value: unknown): string => {
    writeFileSync(folder.path(name), typeof value === 'string' ? value : JSON.stringify(value));
    return folder.path(name);
  };
  const golden = `${import.meta.dirname}/../../../fixtures/reference/hr-nas/cityscapes-cs2.json`;

  test('a reference file on cpu passes; its largest deviation is told, what was spared is named', async () => {
    const run = await runLab(['verify', golden, '--backend', 'cpu', '--json']);
    expect(run.exit).toBe(0);
    expect(run.json()).toMatchObject({
      files: [
        { file: golden, pass: true, worst: { what: expect.any(String), deviation: expect.any(Number), allowed: expect.any(Number) } },
      ],
      backend: 'cpu',
    });
  });

  test('a changed figure fails: exit 1 and the deviation', async () => {
    const changed = JSON.parse(readFileSync(golden, 'utf8')) as { paramCount: number };
    const run = await runLab(['verify', write('changed.json', { ...changed, paramCount: changed.paramCount + 1 }), '--backend', 'cpu']);
    expect(run.exit).toBe(1);
    expect(run.out).toContain('FAIL');
  });

  test.each([
    ['a file that is not there', [folder.path('no.json')], 'file-missing'],
    ['a file that is no golden file', [write('other.json', { a: 1 })], 'bad-golden-file'],
    [
      'an unknown system',
      [write('system.json', { ...(JSON.parse(readFileSync(golden, 'utf8')) as object), system: 'gpt' })],
      'unknown-system',
    ],
    ['no file', [], 'usage'],
  ])('%s: exit 2', async (_, files, code) => {
    const run = await runLab(['verify', ...files, '--backend', 'cpu', '--json']);
    expect(run.json<CliError>().error.code).toBe(code);
    expect(run.exit).toBe(2);
  });
});
