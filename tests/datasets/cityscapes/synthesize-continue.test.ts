import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LOCK_NAME } from '../../../datasets/synthesize/folder-lock.ts';
import { synthesizeCityscapes, type SynthesizeOptions } from '../../../datasets/cityscapes/synthesize/synthesize.ts';
import { itemPaths } from '../../../datasets/cityscapes/synthesize/write-item.ts';

const small: Partial<SynthesizeOptions> = { train: 4, val: 2, test: 1, height: 64, width: 128, workers: 0 };
let dir: string;

beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'synthetic-')), 'set');
});
afterEach(async () => {
  await rm(join(dir, '..'), { recursive: true });
});

/** Paths below the folder and what the files hold. */
async function contents(root: string): Promise<Map<string, string>> {
  const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(paths.map(async (path) => [path.slice(root.length), await readFile(path, 'base64')] as const)));
}

const manifestOf = async (root: string): Promise<{ readonly isComplete: boolean }> =>
  JSON.parse(await readFile(join(root, 'SYNTHETIC.json'), 'utf8')) as { isComplete: boolean };

describe('a set that was begun', () => {
  test('cancelled half way and run again: the same files as in one go', async () => {
    const controller = new AbortController();
    const stopped = synthesizeCityscapes(dir, {
      ...small,
      signal: controller.signal,
      onProgress: ({ done }) => (done === 3 ? controller.abort() : undefined),
    });
    await expect(stopped).rejects.toThrow(/abort/i);
    expect((await manifestOf(dir)).isComplete).toBe(false);
    expect((await synthesizeCityscapes(dir, small)).written).toBe(4);
    const whole = join(dir, '..', 'whole');
    await synthesizeCityscapes(whole, small);
    expect(await contents(dir)).toEqual(await contents(whole));
  });

  test('begun with many, cut off, then asked for few: refused, and the manifest still says what was begun', async () => {
    const controller = new AbortController();
    const stopped = synthesizeCityscapes(dir, {
      ...small,
      train: 300,
      signal: controller.signal,
      onProgress: ({ done }) => (done === 6 ? controller.abort() : undefined),
    });
    await expect(stopped).rejects.toThrow(/abort/i);
    const before = await manifestOf(dir);
    await expect(synthesizeCityscapes(dir, { ...small, train: 2 })).rejects.toMatchObject({
      code: 'synthesize-conflict',
      message: expect.stringContaining('begun with more pictures (300 train, 2 val, 1 test) than asked for (2 train') as string,
    });
    expect(await manifestOf(dir)).toEqual(before);
    expect(before).toMatchObject({ isComplete: false, counts: { train: 300 } });
  });

  test('half-written files of a killed process are removed when the set is continued', async () => {
    await synthesizeCityscapes(dir, { ...small, train: 2 });
    const manifest = JSON.parse(await readFile(join(dir, 'SYNTHETIC.json'), 'utf8')) as object;
    await writeFile(join(dir, 'SYNTHETIC.json'), JSON.stringify({ ...manifest, isComplete: false }));
    await writeFile(`${itemPaths(dir, 'train', 1).image}.12345678.part`, 'half');
    await synthesizeCityscapes(dir, small);
    expect([...(await contents(dir)).keys()].filter((path) => path.endsWith('.part'))).toEqual([]);
  });

  test('two at once in one folder: the second is told which process draws there, the first ends whole', async () => {
    let second: Promise<unknown> | undefined;
    const first = synthesizeCityscapes(dir, {
      ...small,
      onProgress: ({ done }) => {
        if (done === 1) second = synthesizeCityscapes(dir, small).catch((error: unknown) => error);
      },
    });
    expect((await first).written).toBe(7);
    expect(await second).toMatchObject({
      code: 'synthesize-busy',
      message: expect.stringContaining(`process ${process.pid} is drawing`) as string,
    });
    expect([...(await contents(dir)).keys()].filter((path) => /lock|part$/.test(path))).toEqual([]);
  });

  test.each([
    ['a process that is dead', JSON.stringify({ pid: 2 ** 22 + 1, host: hostname() })],
    ['a process that was killed while it wrote it', ''],
  ])('a lock of %s is taken over', async (_, content) => {
    await mkdir(dir);
    await writeFile(join(dir, LOCK_NAME), content);
    await utimes(join(dir, LOCK_NAME), 0, 0);
    expect((await synthesizeCityscapes(dir, small)).written).toBe(7);
    expect(await readdir(dir)).not.toContain(LOCK_NAME);
  });

  test('a lock of another machine is believed, and named', async () => {
    await mkdir(dir);
    await writeFile(join(dir, LOCK_NAME), JSON.stringify({ pid: 12, host: 'elsewhere' }));
    await expect(synthesizeCityscapes(dir, small)).rejects.toMatchObject({
      code: 'synthesize-busy',
      message: expect.stringContaining('process 12 on elsewhere') as string,
      tip: expect.stringContaining(LOCK_NAME) as string,
    });
  });
});
