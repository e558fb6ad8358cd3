import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pairPredictions } from '../../../datasets/cityscapes/evaluate-folders.ts';
import { checkSubmissionFolder, encodeRawIds, submissionName } from '../../../datasets/cityscapes/submission.ts';
import { decodeLabelMap } from '../../../datasets/decode/label-map.ts';
import { temporaryFolder } from '../../db/temporary-folder.ts';
import { pairPaths, writeTinyCityscapes } from '../tiny-cityscapes.ts';

const key = 'lindau_000000_000019';

test('every class becomes its raw id of the official table, at its place', () => {
  const trainIds = Uint8Array.from({ length: 20 }, (_, i) => (i < 19 ? 18 - i : 0)); // [4, 5]
  const { height, width, values } = decodeLabelMap(encodeRawIds(trainIds, 4, 5));
  expect([height, width]).toEqual([4, 5]);
  expect([...values]).toEqual([33, 32, 31, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 17, 13, 12, 11, 8, 7, 7]);
});

test.each([19, 254, 255])('%i is no class: RangeError', (value) => {
  expect(() => encodeRawIds(Uint8Array.of(0, value), 1, 2)).toThrow(RangeError);
});

test('the official score finds a file of this name', async () => {
  const root = await writeTinyCityscapes({ cities: { val: ['lindau'] }, perCity: 1 });
  const dir = join(temporaryFolder(), 'results');
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, submissionName(key)), 'x');
  expect(await pairPredictions(root, dir)).toMatchObject([
    { key, truth: pairPaths(root, 'val', 'lindau', 0).labels, prediction: join(dir, submissionName(key)) },
  ]);
});

describe('checkSubmissionFolder', () => {
  async function folderWith(...names: readonly string[]): Promise<string> {
    const dir = join(temporaryFolder(), 'results');
    for (const name of names) {
      await mkdir(join(dir, name, '..'), { recursive: true });
      await writeFile(join(dir, name), 'x');
    }
    return dir;
  }

  test('a folder that is missing, or holds other things, is free', async () => {
    await checkSubmissionFolder(join(temporaryFolder(), 'none'), [key], false);
    await checkSubmissionFolder(await folderWith('readme.txt', 'front.png'), [key], false);
  });

  test('files of these names only when they may be replaced', async () => {
    const dir = await folderWith(submissionName(key));
    await expect(checkSubmissionFolder(dir, [key], false)).rejects.toMatchObject({
      code: 'submission-not-empty',
      tip: expect.stringContaining('--force') as unknown,
    });
    await checkSubmissionFolder(dir, [key], true);
  });

  test.each([`${key}_other.png`, `lindau/${submissionName(key)}`, submissionName('bonn_000003_000019')])(
    'another prediction, %s, is refused also then: it would count twice',
    async (name) => {
      await expect(checkSubmissionFolder(await folderWith(name), [key], true)).rejects.toMatchObject({ code: 'submission-not-empty' });
    },
  );

  test('a file instead of a folder', async () => {
    const dir = await folderWith('a.txt');
    await expect(checkSubmissionFolder(join(dir, 'a.txt'), [key], false)).rejects.toMatchObject({ code: 'folder-unreadable' });
  });
});
