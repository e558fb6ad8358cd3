import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listZip, readZipEntry, type ZipEntry } from '../../datasets/zip.ts';
import { makeZip } from '../make-zip.ts';

let folder: string;
let path: string;
let entry: ZipEntry;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-zip-'));
  path = join(folder, 'a.zip');
  await writeFile(path, makeZip([{ path: 'a.txt', content: 'nothing but text' }]));
  [entry] = (await listZip(path)) as [ZipEntry];
});
afterAll(() => rm(folder, { recursive: true }));

test('an entry is read as it was packed', async () => {
  expect((await readZipEntry(path, entry)).toString()).toBe('nothing but text');
});

test.each<[string, Partial<ZipEntry>]>([
  ['a size beyond what a picture can have', { bytes: 2 ** 33 }],
  ['a packed size beyond what a picture can have', { packedBytes: 2 ** 33 }],
  ['a packed size beyond the end of the archive', { packedBytes: 10_000 }],
  ['an unpacked size that is too small', { bytes: 3 }],
  ['a place beyond the end', { offset: 10_000 }],
])('a directory that claims %s is refused before anything of that size is made', async (_case, claim) => {
  await expect(readZipEntry(path, { ...entry, ...claim })).rejects.toMatchObject({ code: 'zip-damaged' });
});
