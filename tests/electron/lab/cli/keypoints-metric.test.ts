import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scoreKeypointFiles } from '../../../../electron/lab/cli/keypoints-metric.ts';
import { runLab } from './run-lab.ts';

const folder = resolve(import.meta.dirname, '../../../fixtures/reference/metrics');
const files = (name: string): [string, string] => [resolve(folder, `${name}.annotations.json`), resolve(folder, `${name}.results.json`)];

describe('lab metric coco-keypoints', () => {
  it.each(['keypoints-a', 'keypoints-b'])('%s: --json has the keys of the reference and its figures', async (name) => {
    const { expected } = JSON.parse(readFileSync(resolve(folder, `${name}.json`), 'utf8'));
    const { document } = await scoreKeypointFiles(...files(name));
    const { note, ...rest } = (document as { oks: Record<string, unknown> }).oks;
    expect(note).toEqual(expect.any(String));
    const numbers = (value: unknown): unknown[] =>
      typeof value === 'number' ? [value] : Object.entries(value as object).flatMap(([key, each]) => [key, ...numbers(each)]);
    const [ours, theirs] = [
      numbers({ ...(document as object), oks: rest }),
      numbers({ ...expected, oks: { image: expected.oks.image, matrix: expected.oks.matrix } }),
    ];
    expect(ours.length).toBe(theirs.length);
    ours.forEach((value, i) => {
      if (typeof value === 'number') expect(Math.abs(value - (theirs[i] as number))).toBeLessThan(1e-9);
      else expect(value).toBe(theirs[i]);
    });
  });

  it('as text: AP and AR in per cent', async () => {
    const { text } = await scoreKeypointFiles(...files('keypoints-a'));
    expect(text).toMatch(/\.50 to \.95 +all +27\.22 % +64\.57 %/);
    expect(text).toContain('20 pictures, 45 persons, 85 results');
  });

  it('slow, a process: options of the other kind are refused', async () => {
    const [truth, predictions] = files('keypoints-a');
    const run = await runLab(['metric', 'coco-keypoints', '--truth', truth, '--predictions', predictions, '--split', 'val', '--json']);
    expect(run.exit).toBe(2);
    expect(run.json<{ error: { code: string } }>().error.code).toBe('usage');
  });
});
