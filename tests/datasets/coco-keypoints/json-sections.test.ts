import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readJsonSections } from '../../../datasets/coco-keypoints/json-sections.ts';
import { WHOLE_FILE } from '../../../datasets/coco-keypoints/json-splitter.ts';
import { writeAnnotationFile } from '../../bench/support/annotation-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sections-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(content: string | Buffer, sections: readonly string[], chunkBytes = 16): Promise<Record<string, unknown[]>> {
  const path = join(folder, 'file.json');
  await writeFile(path, content);
  const found: Record<string, unknown[]> = Object.fromEntries(sections.map((name) => [name, []]));
  const takers = sections.map((name) => [name, (bytes: Buffer) => found[name]?.push(JSON.parse(bytes.toString()))] as const);
  await readJsonSections(path, Object.fromEntries(takers), { chunkBytes });
  return found;
}

const tricky = {
  'comments [{"': 'brackets ]}{[ and a quote \\" in \\\\ text',
  b: [1, -2.5e3, 'a]b', [], {}, [[{ c: '}' }]], true, null],
  nested: { a: [{ a: 1 }] },
  number: 12,
  a: [{ name: 'Zoë "Ω" \u{1F600}', list: [[1, 2], []] }, { name: '\\' }],
  last: false,
};

describe('lists of a JSON file, piece by piece', () => {
  test.each([1, 2, 3, 5, 7, 64, 1 << 20])(
    'pieces of %i bytes: the elements are those of JSON.parse, whatever stands around them',
    async (chunkBytes) => {
      const expected = { a: tricky.a, b: tricky.b };
      expect(await read(JSON.stringify(tricky), ['a', 'b'], chunkBytes)).toEqual(expected);
      expect(await read(JSON.stringify(tricky, undefined, 2).replaceAll('\n', '\r\n'), ['b', 'a'], chunkBytes)).toEqual(expected);
    },
  );

  test('a byte order mark is passed over; a file can be a list; lists can be empty or missing', async () => {
    expect(await read(`\uFEFF{"a":[1]}`, ['a'])).toEqual({ a: [1] });
    expect(await read(' [{"b":[2]},\n3]', [WHOLE_FILE], 2)).toEqual({ [WHOLE_FILE]: [{ b: [2] }, 3] });
    expect(await read('{"a":[ ]}', ['a', 'b'])).toEqual({ a: [], b: [] });
  });

  test('an offset says where the element begins in the file', async () => {
    const path = join(folder, 'offsets.json');
    const text = '{"x": "é", "a": [ {"n": 1}, 25 ]}';
    await writeFile(path, text);
    const offsets: number[] = [];
    await readJsonSections(path, { a: (_, offset) => offsets.push(offset) }, { chunkBytes: 3 });
    expect(offsets).toEqual([Buffer.from(text).indexOf('{"n"'), Buffer.from(text).indexOf('25')]);
  });

  test('wherever a file is cut off, the byte is told', async () => {
    const bytes = Buffer.from(JSON.stringify(tricky));
    for (let length = 1; length < bytes.length; length += 7) {
      await expect(read(bytes.subarray(0, length), ['a', 'b'])).rejects.toMatchObject({
        code: 'json-truncated',
        message: expect.stringContaining(`at byte ${length}`),
      });
    }
  });

  test.each([
    ['two values without a comma', '{"a":[{"c":1} {"b":2}]}', 14],
    ['something behind the end', '{"a":[1]} x', 10],
    ['a list where an object should be', '[1]', 0],
    ['a field without a name', '{12:1}', 1],
    ['no colon', '{"a" [1]}', 5],
    ['a value that is none', '{"b":]}', 5],
  ])('%s: damaged, with the byte', async (_, text, byte) => {
    await expect(read(text, ['a'])).rejects.toMatchObject({ code: 'json-damaged', message: expect.stringContaining(`byte ${byte} `) });
  });

  test('a missing and an empty file are told apart', async () => {
    await expect(readJsonSections(join(folder, 'none.json'), {})).rejects.toMatchObject({ code: 'file-missing' });
    await expect(read('', ['a'])).rejects.toMatchObject({ code: 'file-zero-bytes' });
  });

  test('progress counts bytes to the end; a signal stops it', async () => {
    const path = join(folder, 'progress.json');
    await writeFile(path, JSON.stringify({ a: new Array<number>(100).fill(7) }));
    const seen: (readonly [number, number])[] = [];
    await readJsonSections(path, {}, { chunkBytes: 50, onProgress: (done, total) => seen.push([done, total]) });
    expect(seen.map(([done]) => done)).toEqual([50, 100, 150, 200, 207]);
    expect(new Set(seen.map(([, total]) => total))).toEqual(new Set([207]));
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(readJsonSections(path, {}, { signal })).rejects.toThrow('enough');
  });
});

test('slow: 20 MB of annotations are read by a process whose heap could not hold them', async () => {
  const path = join(folder, 'long.json');
  const bytes = await writeAnnotationFile(path, { images: 8_000, persons: 20_000 });
  expect(bytes).toBeGreaterThan(19e6);
  const module = resolve(import.meta.dirname, '../../../datasets/coco-keypoints/read-annotations.ts');
  const program = (body: string): readonly string[] => [
    '--max-old-space-size=40',
    '--max-semi-space-size=4',
    '--input-type=module',
    '-e',
    body,
  ];
  const run = promisify(execFile);
  const ours = `import { readAnnotations } from ${JSON.stringify(module)};
    const { annotations } = await readAnnotations(${JSON.stringify(path)});
    console.log(annotations.ids.length, annotations.joints.length);`;
  const { stdout } = await run(process.execPath, [...program(ours)]);
  expect(stdout.split(' ')[0]).toBe('20000');
  const atOnce = `import { readFileSync } from 'node:fs';
    console.log(JSON.parse(readFileSync(${JSON.stringify(path)}, 'utf8')).annotations.length);`;
  await expect(run(process.execPath, [...program(atOnce)])).rejects.toThrow();
});
