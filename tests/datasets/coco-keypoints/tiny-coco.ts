import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COCO_JOINTS } from '../../../datasets/coco-keypoints/joints.ts';
import { encodePng } from '../../../datasets/decode/png-encode.ts';
import { makeZip } from '../../make-zip.ts';

/** A set of two splits small enough to be looked through: every number below is asserted somewhere. */

export interface TinyAnnotation {
  readonly id: number;
  readonly image_id: number;
  readonly category_id: number;
  readonly iscrowd: 0 | 1;
  readonly bbox: readonly number[];
  readonly area?: number;
  readonly num_keypoints: number;
  readonly keypoints: readonly number[];
  readonly segmentation: unknown;
}

export interface TinyImage {
  readonly id: number;
  readonly width: number;
  readonly height: number;
  readonly file_name: string;
}

export interface TinyFile {
  readonly info: unknown;
  readonly images: readonly TinyImage[];
  readonly annotations?: readonly TinyAnnotation[];
  readonly categories: readonly unknown[];
}

export const TINY_HEIGHT = 40;
export const TINY_WIDTH = 56;

export const personCategory = { id: 1, name: 'person', supercategory: 'person', keypoints: COCO_JOINTS, skeleton: [[16, 14]] };

export function tinyImage(id: number, fileName = `${String(id).padStart(12, '0')}.jpg`): TinyImage {
  return { id, width: TINY_WIDTH, height: TINY_HEIGHT, file_name: fileName };
}

/** Joints 0 to `labelled` - 1 with growing coordinates, the others not labelled. */
export function tinyPerson(id: number, imageId: number, changes: Partial<TinyAnnotation> = {}, labelled = 3): TinyAnnotation {
  const keypoints = COCO_JOINTS.flatMap((_, joint) => (joint < labelled ? [10 + joint, 12 + joint, 1 + (joint % 2)] : [0, 0, 0]));
  return {
    id,
    image_id: imageId,
    category_id: 1,
    iscrowd: 0,
    bbox: [8, 10, 20, 24],
    area: 300.5,
    num_keypoints: labelled,
    keypoints,
    segmentation: [[8, 10, 28, 10, 28, 34]],
    ...changes,
  };
}

/** A crowd over 3 px of the second column. */
export function tinyCrowd(id: number, imageId: number): TinyAnnotation {
  const rest = TINY_HEIGHT * TINY_WIDTH - TINY_HEIGHT - 3;
  return tinyPerson(id, imageId, {
    iscrowd: 1,
    num_keypoints: 0,
    keypoints: new Array<number>(51).fill(0),
    area: 3,
    bbox: [1, 0, 1, 3],
    segmentation: { size: [TINY_HEIGHT, TINY_WIDTH], counts: [TINY_HEIGHT, 3, rest] },
  });
}

export function tinyFile(images: readonly TinyImage[], annotations?: readonly TinyAnnotation[]): TinyFile {
  const file = { info: { description: 'tiny { "annotations": [' }, images, categories: [personCategory] };
  return annotations === undefined ? file : { ...file, annotations };
}

export interface TinySet {
  /** Text by path: annotations/…json and the like; objects are written as JSON. */
  readonly files: Readonly<Record<string, unknown>>;
  /** Paths of pictures, which are PNGs whatever their names say. */
  readonly pictures: readonly string[];
}

/** Twelve pictures to train on, three to validate, two to test; the second picture of val has nobody in it. */
export const tinySet: TinySet = (() => {
  const train = Array.from({ length: 12 }, (_, i) => tinyImage(100 + i));
  const val = [tinyImage(9), tinyImage(5), tinyImage(7)];
  const test = [tinyImage(1), tinyImage(2)];
  const persons = train.map(({ id }) => tinyPerson(id * 10, id));
  return {
    files: {
      'annotations/person_keypoints_train2017.json': tinyFile(train, persons),
      'annotations/person_keypoints_val2017.json': tinyFile(val, [
        tinyPerson(32, 9),
        tinyCrowd(900100000005, 5),
        tinyPerson(31, 5, {}, 17),
        tinyPerson(30, 5, {}, 0),
      ]),
      'annotations/image_info_test-dev2017.json': tinyFile(test),
    },
    pictures: [
      ...train.map(({ file_name: name }) => `train2017/${name}`),
      ...val.map(({ file_name: name }) => `val2017/${name}`),
      ...test.map(({ file_name: name }) => `test2017/${name}`),
    ],
  };
})();

/** Gives the root; the caller removes it. */
export async function writeTinySet({ files, pictures }: TinySet = tinySet): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'tiny-coco-'));
  const write = async (path: string, content: string | Uint8Array): Promise<void> => {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), content);
  };
  for (const [path, content] of Object.entries(files)) await write(path, typeof content === 'string' ? content : JSON.stringify(content));
  for (const [i, path] of pictures.entries()) await write(path, tinyPicture(i));
  return root;
}

/** The same set with its pictures in images/{set}.zip, as HRNet reads them: every other one is stored, the rest deflated. */
export async function writeArchivedSet(set: TinySet = tinySet): Promise<string> {
  const root = await writeTinySet({ ...set, pictures: [] });
  await mkdir(join(root, 'images'));
  for (const name of new Set(set.pictures.map((path) => path.split('/')[0] as string))) {
    const members = set.pictures.flatMap((path, i) =>
      path.startsWith(`${name}/`) ? [{ path, content: tinyPicture(i), isStored: i % 2 === 0 }] : [],
    );
    await writeFile(join(root, 'images', `${name}.zip`), makeZip(members));
  }
  return root;
}

/** Pictures differ from each other. */
export function tinyPicture(seed: number, height = TINY_HEIGHT, width = TINY_WIDTH): Buffer {
  const data = Uint8Array.from({ length: height * width * 3 }, (_, i) => (i * 7 + seed * 31) % 256);
  return encodePng({ height, width, channels: 3, data });
}
