import { afterAll, describe, expect, test } from 'vitest';
import { runLab, scratch } from './run-lab.ts';
import type { CliError } from './run-lab.ts';

interface Checked {
  readonly findings: readonly { readonly code: string }[];
}

const folder = scratch();
const people = folder.path('people');
const small = ['--train', '4', '--val', '2', '--size', '60x80', '--seed', '3', '--json'];

afterAll(() => folder.remove());

describe('lab data synthesize coco-keypoints, slow: processes', () => {
  test('a set is drawn, checked, and left alone the next time', async () => {
    const drawn = await runLab(['data', 'synthesize', 'coco-keypoints', people, ...small]);
    expect(drawn.json()).toEqual({ kind: 'coco-keypoints', root: people, counts: { train: 4, val: 2 }, written: 6 });
    const checked = await runLab(['data', 'check', people, '--json']);
    expect(checked.json()).toMatchObject({ kind: 'coco-keypoints', isSynthetic: true, status: 'ok', splits: { train: 4, val: 2 } });
    expect((await runLab(['data', 'synthesize', 'coco-keypoints', people, ...small])).json()).toMatchObject({ written: 0 });
    const plain = await runLab(['data', 'synthesize', 'coco-keypoints', people, '--style', 'plain', ...small]);
    expect(plain.json<CliError>().error.code).toBe('synthesize-conflict');
  });

  test('a defect is found by the check: exit 1', async () => {
    const damaged = folder.path('damaged');
    await runLab(['data', 'synthesize', 'coco-keypoints', damaged, '--inject', 'coco.id-zero', ...small]);
    const { exit, json } = await runLab(['data', 'check', damaged, '--json']);
    expect(exit).toBe(1);
    expect(json<Checked>().findings.map(({ code }) => code)).toContain('coco.id-zero');
  });

  test.each([
    ['pictures for a test', ['coco-keypoints', people, '--test', '1'], 'usage'],
    ['streets in a style', ['cityscapes', people, '--style', 'plain'], 'usage'],
    ['a defect of streets', ['coco-keypoints', folder.path('x'), '--inject', 'cs.jpeg'], 'synthesize-options'],
  ])('%s: exit 2', async (_case, words, code) => {
    const run = await runLab(['data', 'synthesize', ...words, '--json']);
    expect(run.exit).toBe(2);
    expect(run.json<CliError>().error.code).toBe(code);
  });
});
