import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FeatureFiles } from '../../../electron/compute/feature-files.ts';
import { temporaryFolder } from '../../db/temporary-folder.ts';

const record = Uint8Array.of(1, 2, 3, 4, 5);

function open(folder: string, options: { readonly maxBytes?: number; readonly environment?: string } = {}): FeatureFiles {
  return new FeatureFiles({ folder, maxBytes: 1000, environment: 'here', ...options });
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.includes('.'))
    .map((name) => join(folder, name));
}

describe('features on the disk', () => {
  it('what was written is read, by another store on the same folder too; other keys and other environments find nothing', async () => {
    const folder = temporaryFolder();
    expect(await open(folder).read('a')).toBeUndefined();
    expect(await open(folder).write('a', record)).toBe(true);
    const read = await open(folder).read('a');
    expect([...read!]).toEqual([...record]);
    expect(read!.slice().buffer.byteLength).toBe(record.length); // a copy, as readers expect
    expect(await open(folder).read('b')).toBeUndefined();
    expect(await open(folder, { environment: 'elsewhere' }).read('a')).toBeUndefined();
    expect(filesIn(folder)).toHaveLength(1); // nothing partial is left
  });

  it.each([
    ['a bit is wrong', (bytes: Buffer) => Buffer.from([...bytes.subarray(0, -1), bytes.at(-1)! ^ 1])],
    ['it was cut off', (bytes: Buffer) => bytes.subarray(0, -1)],
    ['it is empty', () => Buffer.alloc(0)],
  ])('a damaged record counts as missing and can be written again: %s', async (_, damage) => {
    const folder = temporaryFolder();
    const store = open(folder);
    await store.write('a', record);
    const [file] = filesIn(folder) as [string];
    writeFileSync(file, damage(readFileSync(file)));
    expect(await store.read('a')).toBeUndefined();
    await store.write('a', record);
    expect([...(await store.read('a'))!]).toEqual([...record]);
  });

  it('the limit holds for the whole folder, whoever filled it; beyond it nothing is written', async () => {
    const folder = temporaryFolder();
    const length = 32 + record.length;
    expect(await open(folder).write('a', record)).toBe(true);
    const store = open(folder, { maxBytes: 2 * length });
    expect(await store.write('b', record)).toBe(true);
    expect(await store.write('c', record)).toBe(false);
    expect(await store.read('c')).toBeUndefined();
    expect(filesIn(folder)).toHaveLength(2);
  });

  it('a folder that is a file: an error with the path', async () => {
    const file = join(temporaryFolder(), 'features');
    writeFileSync(file, '');
    await expect(open(file).write('a', record)).rejects.toMatchObject({ message: expect.stringContaining(file) as string });
  });
});
