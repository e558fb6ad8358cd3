import { mkdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Sharp } from 'sharp';
import { decodeRgb } from '../../decode/rgb.ts';
import { DatasetError } from '../../source.ts';
import type { Counts } from '../../synthesize/manifest.ts';
import type { Annotation } from './annotate.ts';
import { annotationPath, type AnnotationFile } from './annotation-file.ts';
import type { SyntheticSplit } from './scene.ts';
import { imagePath } from './write-item.ts';

interface Target {
  readonly root: string;
  readonly split: SyntheticSplit;
  /** The pictures of the split, in order. */
  readonly images: readonly string[];
  /** The picture that single-file defects spoil. */
  readonly first: string;
}

type Spoil = (target: Target) => Promise<void>;

/** Values that the official files do not have. */
type Loose = { -readonly [Key in keyof Annotation]?: unknown };

/** Changes the first annotation that has labelled joints. */
function spoilPerson(change: (annotation: Annotation) => Loose): Spoil {
  return (target) =>
    rewriteFile(target, (file) => {
      const at = file.annotations.findIndex(({ num_keypoints }) => num_keypoints > 0);
      return { ...file, annotations: file.annotations.map((annotation, i) => (i === at ? change(annotation) : annotation)) };
    });
}

/** Changes all annotations. */
function spoilAll(change: (annotation: Annotation) => Loose): Spoil {
  return (target) => rewriteFile(target, (file) => ({ ...file, annotations: file.annotations.map(change) }));
}

/** Changes joint number `joint` of the first labelled person. */
function spoilJoint(change: (x: number, y: number, visibility: number) => readonly [number, number, number]): Spoil {
  return spoilPerson(({ keypoints, num_keypoints, ...rest }) => {
    const at = keypoints.findIndex((value, i) => i % 3 === 2 && value > 0) - 2;
    const [x, y, visibility] = keypoints.slice(at, at + 3) as [number, number, number];
    const changed = change(x, y, visibility);
    const labelled = num_keypoints + Number(changed[2] > 0) - Number(visibility > 0);
    return { ...rest, num_keypoints: labelled, keypoints: [...keypoints.slice(0, at), ...changed, ...keypoints.slice(at + 3)] };
  });
}

/** One entry for each finding of `data check` that a complete synthetic set can be made to show, in its first split. */
const SPOILERS = {
  'file.zero-bytes': ({ first }) => truncate(first, 0),
  'file.not-image': ({ first }) => writeFile(first, '<html><body>404</body></html>'),
  'file.truncated': async ({ first }) => truncate(first, Math.floor((await readFile(first)).length / 2)),
  'file.ext-mismatch': ({ first }) => redraw(first, (picture) => picture.png()),
  'file.junk': async ({ first }) => {
    await writeFile(join(dirname(first), '.DS_Store'), 'x');
    await writeFile(join(dirname(first), '._copy.jpg'), 'x');
  },
  'image.gray': ({ first }) => redraw(first, (picture) => picture.toColourspace('b-w').jpeg()),
  'image.cmyk': ({ first }) => redraw(first, (picture) => picture.toColourspace('cmyk').jpeg()),
  'image.exif-rotated': ({ first }) => redraw(first, (picture) => picture.withMetadata({ orientation: 6 }).jpeg()),
  'split.overlap': async (target) => {
    const other: SyntheticSplit = target.split === 'train' ? 'val' : 'train';
    const path = annotationPath(target.root, other);
    const file = JSON.parse(await readFile(path, 'utf8')) as AnnotationFile;
    const own = JSON.parse(await readFile(annotationPath(target.root, target.split), 'utf8')) as AnnotationFile;
    await writeFile(path, JSON.stringify({ ...file, images: [...file.images, ...own.images.slice(0, 1)] }));
    await writeFile(join(target.root, `${other}2017`, own.images[0]?.file_name ?? ''), await readFile(target.first));
  },
  'coco.no-keypoints-json': async ({ root }) => {
    for (const split of ['train', 'val'] as const) {
      const path = annotationPath(root, split);
      await rename(path, path.replace('person_keypoints_', 'instances_')).catch(() => undefined); // a split may be empty
    }
  },
  'coco.json-truncated': async ({ root, split }) => {
    const path = annotationPath(root, split);
    await truncate(path, Math.floor((await readFile(path)).length * 0.7));
  },
  'coco.json-damaged': async ({ root, split }) => {
    const path = annotationPath(root, split);
    await writeFile(path, (await readFile(path, 'utf8')).replace('"category_id":1', '"category_id":?'));
  },
  'coco.not-17': (target) =>
    rewriteFile(target, (file) => ({
      ...file,
      categories: file.categories.map((category) => ({ ...category, keypoints: category.keypoints.slice(0, 16) })),
    })),
  'coco.kp-length': spoilPerson(({ keypoints, ...rest }) => ({ ...rest, keypoints: keypoints.slice(0, 48) })),
  'coco.box-length': spoilPerson(({ bbox, ...rest }) => ({ ...rest, bbox: bbox.slice(0, 3) })),
  'coco.num-mismatch': spoilPerson(({ num_keypoints, ...rest }) => ({ ...rest, num_keypoints: num_keypoints - 1 })),
  'coco.v-invalid': spoilJoint((x, y) => [x, y, 3]),
  'coco.v0-with-xy': spoilJoint((x, y) => [x + 1, y + 1, 0]),
  'coco.kp-outside': spoilJoint((x, y, visibility) => [x + 10_000, y, visibility]),
  'coco.box-outside': spoilPerson(({ bbox: [, y, width, height], ...rest }) => ({ ...rest, bbox: [10_000, y, width, height] })),
  'coco.id-zero': spoilPerson(({ ...rest }) => ({ ...rest, id: 0 })),
  'coco.id-dup': (target) => rewriteFile(target, (file) => ({ ...file, annotations: [...file.annotations, ...file.annotations.slice(0, 1)] })),
  'coco.image-dup': (target) => rewriteFile(target, (file) => ({ ...file, images: [...file.images, ...file.images.slice(0, 1)] })),
  'coco.dangling': spoilPerson(({ ...rest }) => ({ ...rest, image_id: 999_999_999 })),
  'coco.area-missing': spoilPerson(({ area: _, ...rest }) => rest),
  'coco.area-is-box': spoilAll(({ ...rest }) => ({ ...rest, area: rest.bbox[2] * rest.bbox[3] })),
  'coco.image-missing': ({ first }) => rm(first),
  'coco.unlisted': async ({ first }) => writeFile(join(dirname(first), '000000999999.jpg'), await readFile(first)),
  'coco.size': ({ first }) => redraw(first, (picture) => picture.resize(50, 40, { fit: 'fill' }).jpeg()),
  'coco.size-swap': ({ first }) => redraw(first, (picture) => picture.rotate(90).jpeg()),
  'coco.2014': async ({ root }) => {
    for (const split of ['train', 'val'] as const) {
      const path = annotationPath(root, split);
      const text = await readFile(path, 'utf8').catch(() => undefined); // a split may be empty
      if (text === undefined) continue;
      const file = JSON.parse(text) as AnnotationFile;
      await mkdir(join(root, `${split}2014`), { recursive: true });
      const images: unknown[] = [];
      for (const image of file.images) {
        const name = `COCO_${split}2014_${image.file_name}`;
        images.push({ ...image, file_name: name });
        await rename(join(root, `${split}2017`, image.file_name), join(root, `${split}2014`, name));
      }
      await writeFile(path.replace('2017', '2014'), JSON.stringify({ ...file, images }));
      await rm(path);
      await rm(join(root, `${split}2017`), { recursive: true });
    }
  },
  'coco.crowd-rle-bad': spoilPerson(({ ...rest }) => {
    const segmentation = { size: [4, 4], counts: [5, 2, 8] };
    return { ...rest, iscrowd: 1, num_keypoints: 0, keypoints: rest.keypoints.map(() => 0), segmentation };
  }),
  'coco.test': async ({ root, split }) => {
    const file = JSON.parse(await readFile(annotationPath(root, split), 'utf8')) as AnnotationFile;
    await writeFile(join(root, 'annotations', 'image_info_test2017.json'), JSON.stringify({ ...file, annotations: undefined }));
    await mkdir(join(root, 'test2017'), { recursive: true });
    for (const image of file.images) {
      await writeFile(join(root, 'test2017', image.file_name), await readFile(join(root, `${split}2017`, image.file_name)));
    }
  },
} as const satisfies Readonly<Record<string, Spoil>>;

export type KeypointsDefect = keyof typeof SPOILERS;
export const KEYPOINTS_DEFECTS = Object.keys(SPOILERS) as readonly KeypointsDefect[];

/** Spoils files of a complete set, one defect after another. */
export async function injectDefects(root: string, defects: readonly KeypointsDefect[], counts: Counts): Promise<void> {
  const split: SyntheticSplit = (counts['train'] ?? 0) > 0 ? 'train' : 'val';
  const images = Array.from({ length: counts[split] ?? 0 }, (_, index) => imagePath(root, split, index));
  for (const defect of defects) await SPOILERS[defect]({ root, split, images, first: images[0] as string });
}

/** Throws DatasetError 'synthesize-options' that lists the known defects. */
export function parseKeypointsDefects(names: readonly string[]): readonly KeypointsDefect[] {
  const unknown = names.filter((name) => !Object.hasOwn(SPOILERS, name));
  if (unknown.length > 0) {
    throw new DatasetError(
      'synthesize-options',
      `synthesising coco-keypoints: unknown defects ${unknown.join(', ')}; known are ${KEYPOINTS_DEFECTS.join(', ')}`,
    );
  }
  return names as readonly KeypointsDefect[];
}

async function rewriteFile({ root, split }: Target, change: (file: AnnotationFile) => unknown): Promise<void> {
  const path = annotationPath(root, split);
  await writeFile(path, JSON.stringify(change(JSON.parse(await readFile(path, 'utf8')) as AnnotationFile)));
}

async function redraw(path: string, change: (picture: Sharp) => Sharp): Promise<void> {
  const { default: sharp } = await import('sharp');
  const { rgb, width, height } = await decodeRgb(await readFile(path));
  await writeFile(path, await change(sharp(Buffer.from(rgb), { raw: { width, height, channels: 3 } })).toBuffer());
}
