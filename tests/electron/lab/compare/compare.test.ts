import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../../../db/sqlite/open-store.ts';
import type { Comparison } from '../../../../electron/ipc/compare.ts';
import type { LabApi } from '../../../../electron/ipc/contract.ts';
import type { ComparisonRow } from '../../../../engine/export/comparison.ts';
import { temporaryFolder } from '../../../db/temporary-folder.ts';
import { fillHome } from '../../../fixtures/filled-home.ts';
import { openTestLab } from '../lab-fixture.ts';

let home: string;
let api: LabApi;

beforeEach(() => {
  home = join(temporaryFolder(), 'home');
  fillHome(home, [
    { id: 'hrnas-a', trials: 6 },
    { id: 'hrnas-c', trials: 3, seed: 3, input: [128, 256, 3] },
  ]);
  const store = openSqliteStore(join(home, 'lab.sqlite'), { access: 'write' });
  const retrained = (value: number, seed: number) => ({ kind: 'retrained' as const, name: 'mIoU', value, split: 'val', seed });
  store.addTrialResults('hrnas-a', 1, [retrained(0.6, 1), retrained(0.7, 2)]);
  store.addTrialResults('hrnas-a', 1, [{ kind: 'measured', name: 'latencyP50Ms', value: 29, split: '', details: { device: 'this CPU' } }]);
  store.close();
  api = openTestLab(home).api;
});

const row = ({ groups }: Comparison, name: string): ComparisonRow => groups.flatMap(({ rows }) => rows).find((one) => one.name === name)!;

describe('compare', () => {
  it('two trials: changes against the base, chips, spread over seeds, missing values with their reason', async () => {
    const comparison = await api.compare([
      { experiment: 'hrnas-a', trial: 0 },
      { experiment: 'hrnas-a', trial: 1 },
    ]);
    const trials = await api.trials('hrnas-a');
    const [first, second] = trials.map(({ cost }) => cost!.macs);
    expect(row(comparison, 'MACs').cells).toEqual([{ value: first }, { value: second, change: (second! - first!) / first! }]);
    expect(row(comparison, 'mIoU').cells).toEqual([
      { value: trials[0]?.metrics[0]?.value, kind: 'proxy' },
      expect.objectContaining({
        value: expect.closeTo(0.65, 12),
        kind: 'retrained',
        sd: expect.closeTo(0.0707, 4),
        seeds: 2,
        isUnfair: true,
      }),
    ]);
    expect(row(comparison, 'Latency p50').cells).toEqual([
      { value: null, reason: 'not measured on a device' },
      { value: 29, kind: 'measured', note: 'this CPU' },
    ]);
    expect(comparison.findings[1]?.map(({ message }) => message)).toEqual([
      'not comparable: split search-val against val',
      'not comparable: kind of score proxy against retrained',
    ]);
    const choices = comparison.groups.filter(({ id }) => id === 'choices');
    expect(choices.map(({ title }) => title)).toContain('Choices: fuse2');
    expect(comparison.differing).toBe(comparison.groups.flatMap(({ rows }) => rows).filter(({ differs }) => differs).length);
  });

  it('a trial with itself: no row differs and nothing is unfair', async () => {
    const ref = { experiment: 'hrnas-a', trial: 2 } as const;
    expect(await api.compare([ref, ref])).toMatchObject({ differing: 0, findings: [[], []] });
  });

  it('another input and a published network: named with both values, its MACs counted by us, its score told as missing', async () => {
    const comparison = await api.compare([
      { experiment: 'hrnas-a', trial: 0 },
      { experiment: 'hrnas-c', trial: 0 },
      { published: 'hr-nas:cs2' },
    ]);
    expect(comparison.findings[1]?.map(({ message }) => message)).toContain('not comparable: input 64x128x3 against 128x256x3');
    expect(row(comparison, 'MACs').cells[1]).toMatchObject({ isUnfair: true });
    const { totals } = await api.architecture({ published: 'hr-nas:cs2' });
    expect(row(comparison, 'MACs').cells[2]?.value).toBe(totals.macs);
    expect(row(comparison, 'mIoU').cells[2]).toEqual({ value: null, reason: 'no checked figure of this metric is published' });
    expect(comparison.columns[2]).toMatchObject({ label: 'hr-nas:cs2', detail: expect.stringContaining('dingmyu') });
  });

  it('networks for other tasks: said first; the score of one is no score of the other', async () => {
    const comparison = await api.compare([{ published: 'lite-hrnet:18' }, { published: 'dpc:top1-xception-71' }, { published: 'hr-nas:cs2' }]);
    expect(comparison.findings[1]?.[0]?.message).toBe('not comparable: task keypoints against segmentation');
    expect(comparison.findings[2]?.[0]?.message).toBe('not comparable: task keypoints against segmentation');
    expect(row(comparison, 'Task').cells.map(({ value }) => value)).toEqual(['keypoints', 'segmentation', 'segmentation']);
    expect(row(comparison, 'mIoU').cells.map(({ value, isUnfair }) => [typeof value, isUnfair])).toEqual([
      ['object', undefined],
      ['number', true],
      ['object', undefined],
    ]);
    expect(row(comparison, 'AP').cells[1]?.value).toBeNull();
  });

  it('choices of named options are told by name, without a difference', async () => {
    const comparison = await api.compare([{ published: 'lite-hrnet:naive-18' }, { published: 'lite-hrnet:18' }]);
    const { cells } = row(comparison, 'stage2.block');
    expect(cells.map(({ value }) => value)).toEqual(['shuffle unit', 'conditional channel weighting']);
    expect(cells[1]?.change).toBeUndefined();
  });

  it('one network, or one that is not there: refused', async () => {
    await expect(api.compare([{ published: 'hr-nas:cs2' }])).rejects.toMatchObject({ code: 'bad-comparison' });
    await expect(api.compare([{ published: 'hr-nas:cs2' }, { experiment: 'hrnas-a', trial: 99 }])).rejects.toMatchObject({
      code: 'unknown-trial',
    });
  });

  it('as files: exact values in CSV, chips as footnotes in LaTeX, only differing rows when asked', async () => {
    const refs = [
      { experiment: 'hrnas-a', trial: 0 },
      { experiment: 'hrnas-a', trial: 1 },
    ];
    const csv = readFileSync((await api.exportComparison({ refs, format: 'csv' })).file, 'utf8');
    const macs = (await api.trials('hrnas-a')).slice(0, 2).map(({ cost }) => cost?.macs);
    expect(csv).toContain(`Cost,MACs,MACs,${macs[0]},,,,${macs[1]},,,`);
    const file = (await api.exportComparison({ refs, format: 'latex', onlyDifferences: true })).file;
    const latex = readFileSync(file, 'utf8');
    expect(latex).toContain('65.0 $\\pm$ 7.1 \\%\\textsuperscript{');
    expect(latex).not.toContain('Scope of MACs');
  });
});
