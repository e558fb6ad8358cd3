import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openCityscapes } from '../../../datasets/cityscapes/source.ts';
import { labelOfId, RAW_ID_OF_TRAIN_ID } from '../../../datasets/cityscapes/labels.ts';
import { drawPolygons, parsePolygonFile, resolveLabel } from '../../../datasets/cityscapes/polygons.ts';
import { clipToPicture, scanPolygon, type Point } from '../../../datasets/cityscapes/rasterize.ts';
import { drawScene } from '../../../datasets/cityscapes/synthesize/draw-scene.ts';
import { synthesizeCityscapes, type SynthesizeOptions } from '../../../datasets/cityscapes/synthesize/synthesize.ts';
import { itemPaths } from '../../../datasets/cityscapes/synthesize/write-item.ts';
import { decodeInstanceMap, decodeLabelMap } from '../../../datasets/decode/label-map.ts';
import { decodePng } from '../../../datasets/decode/png-decode.ts';

const small: Partial<SynthesizeOptions> = { train: 4, val: 2, test: 1, height: 64, width: 128, workers: 0 };
let dir: string;

beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'synthetic-')), 'set');
});
afterEach(async () => {
  await rm(join(dir, '..'), { recursive: true });
});

async function contents(root: string): Promise<Map<string, string>> {
  const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const read = files.map(
    async (entry) =>
      [
        join(entry.parentPath, entry.name).slice(root.length),
        (await readFile(join(entry.parentPath, entry.name))).toString('base64'),
      ] as const,
  );
  return new Map(await Promise.all(read));
}

interface ManifestText {
  readonly isComplete: boolean;
  readonly items: readonly { readonly key: string; readonly image: string }[];
}
const manifestOf = async (root: string): Promise<ManifestText> =>
  JSON.parse(await readFile(join(root, 'SYNTHETIC.json'), 'utf8')) as ManifestText;

describe('files', () => {
  test('the official names and encodings of a picture', async () => {
    await synthesizeCityscapes(dir, small);
    const paths = itemPaths(dir, 'train', 1);
    expect(paths.labelIds).toBe(join(dir, 'gtFine/train/bochum/bochum_000000_000019_gtFine_labelIds.png'));
    expect(decodePng(await readFile(paths.image))).toMatchObject({ width: 128, height: 64, channels: 3, bitDepth: 8 });
    expect(decodePng(await readFile(paths.labelIds))).toMatchObject({ channels: 1, bitDepth: 8, palette: undefined });
    expect(decodePng(await readFile(paths.instanceIds))).toMatchObject({ channels: 1, bitDepth: 16 });
    expect(decodePng(await readFile(paths.color))).toMatchObject({ channels: 4, bitDepth: 8 });
  });

  test('maps are what the polygon file says, and agree with each other', async () => {
    await synthesizeCityscapes(dir, small);
    for (const [split, index] of [
      ['train', 0],
      ['train', 3],
      ['val', 1],
      ['test', 0],
    ] as const) {
      const paths = itemPaths(dir, split, index);
      const drawn = drawPolygons(parsePolygonFile(await readFile(paths.polygons, 'utf8')));
      const labelIds = decodeLabelMap(await readFile(paths.labelIds)).values;
      const instanceIds = decodeInstanceMap(await readFile(paths.instanceIds)).values;
      const color = decodePng(await readFile(paths.color)).data8 as Uint8Array;
      expect(drawn.labelIds).toEqual(labelIds);
      expect(drawn.instanceIds).toEqual(instanceIds);
      labelIds.forEach((id, i) => {
        const instance = instanceIds[i] as number;
        if ((instance < 1000 ? instance : Math.floor(instance / 1000)) !== id)
          throw new Error(`pixel ${i}: label ${id}, instance ${instance}`);
        if (labelOfId(id).color.some((value, c) => value !== color[4 * i + c])) throw new Error(`pixel ${i}: colour of label ${id}`);
      });
    }
  });

  test('test labels are withheld: only ids 0 to 3', async () => {
    await synthesizeCityscapes(dir, small);
    expect(Math.max(...decodeLabelMap(await readFile(itemPaths(dir, 'test', 0).labelIds)).values)).toBeLessThanOrEqual(3);
  });

  test('the source opens it; ten cities in train, one of them held out for ranking', async () => {
    await synthesizeCityscapes(dir, { ...small, train: 20 });
    expect((await openCityscapes(dir)).info.splits).toEqual({ train: 20, val: 2, test: 1, 'search-train': 18, 'search-val': 2 });
  });
});

describe('same options, same files', () => {
  test('the first picture of seed 0 at 64x128 on every machine (changes only with the generator version)', async () => {
    await synthesizeCityscapes(dir, { ...small, train: 1, val: 0, test: 0 });
    expect((await manifestOf(dir)).items).toEqual([
      {
        key: 'aachen_000000_000019',
        split: 'train',
        image: 'fa8f66aa8e9217f63ce2ebfda68ec80fee2397289bb93d47870428fefff61f26',
        labelIds: '83efc33f6c22a3b79879a6ad7cf4eeee68e7ee71bdad7caed4c78ed95120003e',
        instanceIds: '922df68991b6ce169546f4c8ee336ec15eb4b49da8c578137b47efcb63d3d759',
      },
    ]);
  });

  test('two threads and none write the same (slow)', async () => {
    await synthesizeCityscapes(dir, small);
    const other = join(dir, '..', 'other');
    await synthesizeCityscapes(other, { ...small, workers: 2 });
    expect(await contents(other)).toEqual(await contents(dir));
  });

  test('a picture does not depend on how many there are; another seed differs', async () => {
    await synthesizeCityscapes(dir, small);
    const first = await contents(dir);
    const other = join(dir, '..', 'other');
    await synthesizeCityscapes(other, { ...small, train: 2, val: 1, test: 0 });
    for (const [path, bytes] of await contents(other)) if (!path.endsWith('SYNTHETIC.json')) expect(bytes, path).toBe(first.get(path));
    const seeded = join(dir, '..', 'seeded');
    await synthesizeCityscapes(seeded, { ...small, seed: 1, train: 1, val: 0, test: 0 });
    const { image } = itemPaths(seeded, 'train', 0);
    expect((await contents(seeded)).get(image.slice(seeded.length))).not.toBe(
      first.get(itemPaths(dir, 'train', 0).image.slice(dir.length)),
    );
  });

  test('a complete set is left alone; more pictures are added to it', async () => {
    expect((await synthesizeCityscapes(dir, small)).written).toBe(7);
    expect((await synthesizeCityscapes(dir, small)).written).toBe(0);
    expect((await synthesizeCityscapes(dir, { ...small, train: 6 })).written).toBe(2);
    expect((await manifestOf(dir)).items).toHaveLength(9);
  });

  test('progress counts every picture', async () => {
    const seen: number[] = [];
    await synthesizeCityscapes(dir, { ...small, onProgress: ({ done, total }) => seen.push(done + total / 100) });
    expect(seen).toEqual([1.07, 2.07, 3.07, 4.07, 5.07, 6.07, 7.07]);
  });
});

describe('scenes', () => {
  test('each of the 19 classes is in at least a tenth of 150 pictures; road, building and sky cover most (slow)', () => {
    const images = new Map<number, number>();
    const pixels = new Map<number, number>();
    for (let index = 0; index < 150; index++) {
      const { objects } = drawScene({ seed: 0, split: 'train', index, height: 64, width: 128 });
      const { labelIds } = drawPolygons({ imgHeight: 64, imgWidth: 128, objects });
      for (const id of new Set(labelIds)) images.set(id, (images.get(id) ?? 0) + 1);
      for (const id of labelIds) pixels.set(id, (pixels.get(id) ?? 0) + 1);
    }
    for (const id of RAW_ID_OF_TRAIN_ID) expect(images.get(id) ?? 0, labelOfId(id).name).toBeGreaterThanOrEqual(15);
    const share = (id: number): number => (pixels.get(id) ?? 0) / (150 * 64 * 128);
    expect(share(7) + share(11) + share(23)).toBeGreaterThan(0.5);
    expect(share(24)).toBeLessThan(0.03);
  });

  test('the same street at another size: shares of pixels stay alike', () => {
    const shares = [
      [64, 128],
      [256, 512],
    ].map(([height, width]) => {
      const scene = drawScene({ seed: 0, split: 'val', index: 3, height: height as number, width: width as number });
      const { labelIds } = drawPolygons({ imgHeight: height as number, imgWidth: width as number, objects: scene.objects });
      return labelIds.filter((id) => id === 7).length / labelIds.length;
    });
    expect(Math.abs((shares[0] as number) - (shares[1] as number))).toBeLessThan(0.03);
  });
});

describe('polygons', () => {
  const file = (objects: readonly { label: string; polygon: readonly Point[]; deleted?: number }[]) => ({
    imgHeight: 4,
    imgWidth: 6,
    objects,
  });
  const box = (x: number, y: number, w: number, h: number): readonly Point[] => [
    [x, y],
    [x + w, y],
    [x + w, y + h],
    [x, y + h],
  ];

  test('later objects cover earlier ones; instances count by class; groups, deleted and negative ids', () => {
    const { labelIds, instanceIds } = drawPolygons(
      file([
        { label: 'road', polygon: box(0, 0, 6, 4) },
        { label: 'car', polygon: box(0, 0, 1, 1) },
        { label: 'ground', polygon: box(0, 0, 6, 4), deleted: 1 },
        { label: 'person', polygon: box(1, 0, 1, 1) },
        { label: 'car', polygon: box(2, 0, 2, 1) },
        { label: 'cargroup', polygon: box(4, 0, 1, 1) },
        { label: 'license plate', polygon: box(2, 0, 1, 1) },
      ]),
    );
    expect([...labelIds.slice(0, 6)]).toEqual([26, 24, 26, 26, 26, 7]);
    expect([...instanceIds.slice(0, 6)]).toEqual([26000, 24000, 26001, 26001, 26, 7]);
  });

  test('a triangle covers the pixels whose centres lie inside, even-odd leaves holes', () => {
    const rows: string[] = [];
    scanPolygon(
      [
        [0, 0],
        [4, 0],
        [0, 4],
      ],
      4,
      4,
      (y, start, end) => rows.push(`${y}:${start}-${end}`),
    );
    expect(rows).toEqual(['0:0-3', '1:0-2', '2:0-1']);
    const crossed: string[] = [];
    scanPolygon(
      [
        [0, 0],
        [6, 0],
        [6, 1],
        [0, 1],
        [0, 0],
        [2, 0],
        [2, 1],
        [4, 1],
        [4, 0],
      ],
      1,
      6,
      (y, start, end) => crossed.push(`${y}:${start}-${end}`),
    );
    expect(crossed).toEqual(['0:0-2', '0:4-6']);
  });

  test('clipping keeps the part inside; nothing is left of a polygon outside', () => {
    expect(
      clipToPicture(
        [
          [-2, -2],
          [3, -2],
          [3, 3],
          [-2, 3],
        ],
        4,
        6,
      ),
    ).toHaveLength(4);
    expect(
      clipToPicture(
        [
          [7, 0],
          [9, 0],
          [9, 2],
        ],
        4,
        6,
      ),
    ).toHaveLength(0);
  });

  test('names ending in group are their stem', () => {
    expect(resolveLabel('bicyclegroup')).toMatchObject({ label: { id: 33 }, isGroup: true });
    expect(resolveLabel('polegroup')).toMatchObject({ label: { id: 18 }, isGroup: false });
    expect(resolveLabel('spaceshipgroup')).toBeUndefined();
  });

  test.each([
    ['no JSON', '{'],
    ['no objects', '{"imgHeight": 1, "imgWidth": 1}'],
    ['no size', '{"objects": []}'],
    ['two corners', '{"imgHeight": 1, "imgWidth": 1, "objects": [{"label": "road", "polygon": [[0,0],[1,1]]}]}'],
    ['an unknown label', '{"imgHeight": 1, "imgWidth": 1, "objects": [{"label": "ufo", "polygon": [[0,0],[1,1],[0,1]]}]}'],
    ['a corner of text', '{"imgHeight": 1, "imgWidth": 1, "objects": [{"label": "road", "polygon": [[0,0],[1,1],["a",1]]}]}'],
  ])('%s is refused', (_, text) => {
    expect(() => parsePolygonFile(text)).toThrow(expect.objectContaining({ code: 'cs-poly-bad' }));
  });
});

describe('refusals', () => {
  test.each([
    { train: -1 },
    { val: 1.5 },
    { train: 0, val: 0, test: 0 },
    { height: 8 },
    { width: 33.3 },
    { height: 20_000, width: 20_000 },
    { workers: -1 },
  ])('%o', async (options) => {
    await expect(synthesizeCityscapes(dir, { ...small, ...options })).rejects.toMatchObject({ code: 'synthesize-options' });
    await expect(readdir(dir)).rejects.toThrow();
    await mkdir(dir, { recursive: true });
  });

  test('a folder with other files is not touched', async () => {
    await mkdir(dir);
    await writeFile(join(dir, 'thesis.tex'), 'x');
    await expect(synthesizeCityscapes(dir, small)).rejects.toMatchObject({
      code: 'synthesize-not-empty',
      message: expect.stringContaining('thesis.tex') as string,
    });
    expect(await readdir(dir)).toEqual(['thesis.tex']);
  });

  test.each([{ seed: 9 }, { height: 32 }, { train: 1 }])('a set of other options is not mixed in: %o', async (options) => {
    await synthesizeCityscapes(dir, { ...small, train: 2, val: 0, test: 0 });
    await expect(synthesizeCityscapes(dir, { ...small, train: 2, val: 0, test: 0, ...options })).rejects.toMatchObject({
      code: 'synthesize-conflict',
    });
  });

  test('a set with injected defects is not continued', async () => {
    await synthesizeCityscapes(dir, { ...small, inject: ['file.zero-bytes'] });
    expect((await synthesizeCityscapes(dir, { ...small, inject: ['file.zero-bytes'] })).written).toBe(0);
    await expect(synthesizeCityscapes(dir, { ...small, train: 6, inject: ['file.zero-bytes'] })).rejects.toMatchObject({
      code: 'synthesize-conflict',
      message: expect.stringContaining('injected defects (file.zero-bytes)') as string,
    });
  });

  test.skipIf(process.getuid?.() === 0)('a folder without rights to write', async () => {
    await mkdir(dir);
    await chmod(dir, 0o500);
    await expect(synthesizeCityscapes(dir, small)).rejects.toMatchObject({ code: 'folder-not-writable' });
  });

  test('a file in the way', async () => {
    await writeFile(dir, 'x');
    await expect(synthesizeCityscapes(dir, small)).rejects.toMatchObject({ code: 'folder-not-writable' });
    await rm(dir);
  });
});
