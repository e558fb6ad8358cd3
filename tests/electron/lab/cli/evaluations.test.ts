import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runLab, scratch } from './run-lab.ts';
import type { CliError } from './run-lab.ts';

const folder = scratch();
const home = folder.path('home');
const streets = folder.path('streets');
const lab = (...args: readonly string[]) => runLab(args, { home });
afterAll(folder.remove);

interface Samples {
  readonly total: number;
  readonly samples: readonly { readonly key: string; readonly pixels?: number; readonly iou?: number }[];
}

let id = '';
beforeAll(async () => {
  await lab('data', 'synthesize', 'cityscapes', streets, '--train', '6', '--val', '3', '--size', '32x64', '--seed', '3');
  await lab('data', 'add', streets, '--name', 'streets');
  const run = await lab('evaluate', 'hr-nas:cs1', '--weights', 'fill', '--data', 'streets', '--json');
  const answer = run.json<{ id: string; count: number; backend: string }>();
  expect(answer).toMatchObject({ count: 3, backend: 'wasm' });
  id = answer.id;
});

describe('lab evaluations and confusion, slow: processes', () => {
  test('what was evaluated is listed, shown with its mistakes, and opens its pictures', async () => {
    const { evaluations } = (await lab('evaluations', '--json')).json<{ evaluations: { id: string; label: string }[] }>();
    expect(evaluations).toMatchObject([{ id, label: 'hr-nas:cs1', dataset: 'streets', split: 'val' }]);
    const shown = (await lab('evaluations', id, '--json')).json<{ confusion: number[]; classes: { name: string }[] }>();
    const cell = shown.confusion.indexOf(Math.max(...shown.confusion));
    const name = (classId: number) => shown.classes[classId]?.name ?? '';
    const confusion = ['confusion', id, '--truth', name(Math.floor(cell / 19)), '--predicted', name(cell % 19)];
    const { samples } = (await lab(...confusion, '--json')).json<Samples>();
    expect(samples.reduce((sum, { pixels = 0 }) => sum + pixels, 0)).toBe(shown.confusion[cell]);
  });

  test('samples come worst first, and that needs an evaluation', async () => {
    const { samples } = (await lab('data', 'samples', 'streets', '--evaluation', id, '--sort', 'worst', '--json')).json<Samples>();
    const ious = samples.map(({ iou = NaN }) => iou);
    expect(ious).toEqual(ious.toSorted((a, b) => a - b));
    const refused = await lab('data', 'samples', 'streets', '--sort', 'worst', '--json');
    expect(refused.exit).toBe(2);
    expect(refused.json<CliError>().error.code).toBe('usage');
  });

  test('--no-keep tells the score and keeps nothing; --remove forgets', async () => {
    const run = await lab('evaluate', 'hr-nas:cs1', '--weights', 'fill', '--data', 'streets', '--no-keep', '--json');
    expect(run.json()).toMatchObject({ id: null, count: 3 });
    await lab('evaluations', id, '--remove');
    expect((await lab('evaluations', '--json')).json()).toEqual({ evaluations: [] });
    expect((await lab('evaluations', id, '--json')).json<CliError>().error.code).toBe('unknown-evaluation');
  });
});

describe('lab data classes, check by name and archive, slow: processes', () => {
  test('classes: shares of the labelled pixels sum to 1', async () => {
    const { classes, pictures } = (await lab('data', 'classes', 'streets', '--json')).json<{
      classes: { share: number }[];
      pictures: number;
    }>();
    expect(pictures).toBe(6);
    expect(classes.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  test('check takes the name of a registered set and writes its findings as a table', async () => {
    const csv = folder.path('findings.csv');
    const run = await lab('data', 'check', 'streets', '--depth', 'names', '--csv', csv, '--json');
    const { findings } = run.json<{ findings: unknown[] }>();
    expect(readFileSync(csv, 'utf8').trimEnd().split('\r\n')).toHaveLength(findings.length + 1);
  });

  test('one that was put away leaves the list until it is restored', async () => {
    await lab('data', 'archive', 'streets');
    expect((await lab('data', 'ls', '--json')).json()).toEqual({ datasets: [] });
    await lab('data', 'archive', 'streets', '--restore');
    expect((await lab('data', 'ls', '--json')).json()).toMatchObject({ datasets: [{ name: 'streets' }] });
  });
});
