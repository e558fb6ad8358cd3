import { copyFile, mkdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Sharp } from 'sharp';
import { decodeInstanceMap, decodeLabelMap } from '../../decode/label-map.ts';
import { encodePng } from '../../decode/png-encode.ts';
import { decodeRgb } from '../../decode/rgb.ts';
import { DatasetError } from '../../source.ts';
import { mapToTrainIds } from '../labels.ts';
import type { Counts } from '../../synthesize/manifest.ts';
import { OFFICIAL_SPLITS } from '../splits.ts';
import { itemPaths, type ItemPaths } from './write-item.ts';

interface Target {
  readonly root: string;
  /** The pictures of one split, in order. */
  readonly items: readonly ItemPaths[];
  /** The picture that single-file defects spoil. */
  readonly first: ItemPaths;
}

type Spoil = (target: Target) => Promise<void>;

/**
 * One entry for each finding of `data check` that a complete synthetic set can be made to show; each spoils the first file or two of
 * the first split.
 */
const SPOILERS = {
  'file.zero-bytes': ({ first }) => truncate(first.image, 0),
  'file.not-image': ({ first }) => writeFile(first.image, '<html><body>404</body></html>'),
  'file.truncated': async ({ first }) => truncate(first.image, Math.floor((await readFile(first.image)).length / 2)),
  'file.damaged': async ({ first }) => {
    const bytes = await readFile(first.image);
    bytes.fill(0x55, 60, Math.min(bytes.length - 16, 400));
    await writeFile(first.image, bytes);
  },
  'file.ext-mismatch': async ({ first }) => saveAsJpeg(first.image, first.image),
  'file.junk': async ({ first }) => {
    await writeFile(join(dirname(first.image), '.DS_Store'), 'x');
    await writeFile(join(dirname(first.image), '._copy.png'), 'x');
  },
  'name.grammar': async ({ first }) => writeFile(join(dirname(first.image), 'holiday_leftImg8bit.png'), await readFile(first.image)),
  'image.16bit': async ({ first }) => {
    const picture = await openWithSharp(first.image);
    await writeFile(first.image, await picture.toColourspace('rgb16').png().toBuffer());
  },
  'image.alpha': async ({ first }) => {
    const { rgb, width, height } = await decodeRgb(await readFile(first.image));
    const data = new Uint8Array(width * height * 4).fill(255);
    for (let i = 0; i < width * height; i++) data.set(rgb.subarray(3 * i, 3 * i + 3), 4 * i);
    await writeFile(first.image, encodePng({ width, height, channels: 4, data }));
  },
  'image.gray': async ({ first }) => {
    const { rgb, width, height } = await decodeRgb(await readFile(first.image));
    await writeFile(
      first.image,
      encodePng({ width, height, channels: 1, data: Uint8Array.from({ length: width * height }, (_, i) => rgb[3 * i + 1] as number) }),
    );
  },
  'pair.missing-label': ({ first }) => rm(first.labelIds),
  'pair.missing-image': ({ first }) => rm(first.image),
  'pair.size-mismatch': ({ first }) =>
    rewriteLabels(first.labelIds, ({ values, width, height }) => ({
      width: width - 2,
      height,
      values: values.slice(0, (width - 2) * height),
    })),
  'label.rgb': ({ first }) => copyFile(first.color, first.labelIds),
  'label.antialiased': ({ first }) =>
    rewriteLabels(first.labelIds, (map) => ({ ...map, values: map.values.map((value, i) => (i % 3 === 0 ? (i * 7) % 256 : value)) })),
  'label.all-ignore': async ({ items }) => {
    for (const item of items) await rewriteLabels(item.labelIds, (map) => ({ ...map, values: map.values.fill(0) }));
  },
  'split.overlap': async ({ root, first }) => {
    const from = { image: first.image, labelIds: first.labelIds };
    const other = (path: string): string =>
      path.replace(
        /([/\\])(?:train|val|test)([/\\])/,
        (_, before: string, after: string) => `${before}${path.includes(`${before}train${after}`) ? 'val' : 'train'}${after}`,
      );
    for (const path of Object.values(from)) {
      const to = join(root, other(path.slice(root.length)));
      await mkdir(dirname(to), { recursive: true });
      await copyFile(path, to);
    }
  },
  'cs.city-in-wrong-split': async ({ root, first }) => {
    const to = (path: string): string => join(root, path.slice(root.length).replaceAll('aachen', 'lindau').replace('_000000_', '_009999_'));
    for (const path of [first.image, first.labelIds]) {
      await mkdir(dirname(to(path)), { recursive: true });
      await rename(path, to(path));
    }
  },
  'cs.trainids-differ': async ({ first }) => {
    const map = decodeLabelMap(await readFile(first.labelIds));
    mapToTrainIds(map.values);
    map.values[Math.floor(map.values.length / 2)] = 18;
    map.values[Math.floor(map.values.length / 3)] = 17;
    await writeFile(
      first.labelIds.replace('labelIds', 'labelTrainIds'),
      encodePng({ width: map.width, height: map.height, channels: 1, data: map.values }),
    );
  },
  'cs.labelids-are-trainids': async ({ items }) => {
    for (const item of items) {
      await rewriteLabels(item.labelIds, (map) => {
        mapToTrainIds(map.values);
        return map;
      });
    }
  },
  'cs.instance-8bit': async ({ first }) => {
    const { width, height, values } = decodeInstanceMap(await readFile(first.instanceIds));
    await writeFile(first.instanceIds, encodePng({ width, height, channels: 1, data: Uint8Array.from(values) }));
  },
  'cs.jpeg': async ({ items }) => {
    for (const { image } of items) {
      await saveAsJpeg(image, image.replace(/\.png$/, '.jpg'));
      await rm(image);
    }
  },
  'cs.label-unknown': ({ first }) =>
    rewriteLabels(first.labelIds, (map) => ({ ...map, values: map.values.map((value, i) => (i % 50 === 0 ? 77 : value)) })),
  'cs.poly-bad': ({ first }) =>
    writeFile(first.polygons, '{"imgHeight": 10, "imgWidth": 20, "objects": [{"label": "road", "polygon": [[0,0],[1,1]]}]}'),
  'cs.no-labels': ({ root }) => rm(join(root, 'gtFine'), { recursive: true }),
  'cs.only-coarse': ({ root }) => rename(join(root, 'gtFine'), join(root, 'gtCoarse')),
  'cs.no-images': ({ root }) => rm(join(root, 'leftImg8bit'), { recursive: true }),
  'cs.blurred': async ({ root, items }) => {
    for (const { image } of items) await rename(image, image.replace('_leftImg8bit.png', '_leftImg8bit_blurred.png'));
    await rename(join(root, 'leftImg8bit'), join(root, 'leftImg8bit_blurred'));
  },
} as const satisfies Readonly<Record<string, Spoil>>;

export type CityscapesDefect = keyof typeof SPOILERS;
export const CITYSCAPES_DEFECTS = Object.keys(SPOILERS) as readonly CityscapesDefect[];

/** Spoils files of a complete set, one defect after another. Throws DatasetError 'synthesize-options' for an unknown one. */
export async function injectDefects(
  root: string,
  defects: readonly CityscapesDefect[],
  counts: Counts,
): Promise<void> {
  const split = OFFICIAL_SPLITS.find((candidate) => (counts[candidate] ?? 0) > 0) ?? 'train';
  const items = Array.from({ length: counts[split] ?? 0 }, (_, index) => itemPaths(root, split, index));
  for (const defect of defects) await SPOILERS[defect]({ root, items, first: items[0] as ItemPaths });
}

/** Throws DatasetError 'synthesize-options' that lists the known defects. */
export function parseDefects(names: readonly string[]): readonly CityscapesDefect[] {
  const unknown = names.filter((name) => !Object.hasOwn(SPOILERS, name));
  if (unknown.length > 0) {
    throw new DatasetError(
      'synthesize-options',
      `synthesising cityscapes: unknown defects ${unknown.join(', ')}; known are ${CITYSCAPES_DEFECTS.join(', ')}`,
    );
  }
  return names as readonly CityscapesDefect[];
}

type LabelMap = ReturnType<typeof decodeLabelMap>;

async function rewriteLabels(path: string, change: (map: LabelMap) => LabelMap): Promise<void> {
  const { width, height, values } = change(decodeLabelMap(await readFile(path)));
  await writeFile(path, encodePng({ width, height, channels: 1, data: values }));
}

async function openWithSharp(path: string): Promise<Sharp> {
  const { default: sharp } = await import('sharp');
  const { rgb, width, height } = await decodeRgb(await readFile(path));
  return sharp(Buffer.from(rgb), { raw: { width, height, channels: 3 } });
}

async function saveAsJpeg(from: string, to: string): Promise<void> {
  await writeFile(to, await (await openWithSharp(from)).jpeg().toBuffer());
}
