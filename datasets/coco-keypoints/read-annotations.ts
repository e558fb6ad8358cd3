import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { readFailure } from '../file-errors.ts';
import { JOINT_NUMBERS, NO_JOINTS } from './annotation-index.ts';
import type { AnnotationIndex, AnnotationRows, CategoryRow, EntryProblem, ImageRows } from './annotation-index.ts';
import { damagedJson, parseJson } from './json-errors.ts';
import { readJsonSections } from './json-sections.ts';
import type { JsonSectionsOptions } from './json-sections.ts';
import { CoordinateList, NumberList } from './number-list.ts';
import { readCrowdMask, type Rle } from './rle.ts';

type ReadOptions = Pick<JsonSectionsOptions, 'onProgress' | 'signal'>;

/** So many files stay in memory: those of two sets. The largest official one takes about 70 MB. */
const KEPT_FILES = 4;
const kept = new Map<string, { readonly stamp: string; readonly file: Promise<AnnotationFile> }>();

export interface AnnotationFile {
  readonly index: AnnotationIndex;
  /** Of its bytes. */
  readonly sha256: string;
}

/**
 * Reads person_keypoints_*.json or image_info_*.json of any length in bounded memory. A file that was read is kept until its size or time
 * change. Throws what readJsonSections throws.
 */
export async function readAnnotationFile(path: string, options: ReadOptions = {}): Promise<AnnotationFile> {
  const { size, mtimeMs } = await stat(path).catch((cause: unknown) => {
    throw readFailure(cause, path, 'annotation file', 'COCO keypoints');
  });
  const stamp = `${size}/${mtimeMs}`;
  const known = kept.get(path);
  if (known?.stamp === stamp) return known.file;
  const file = readAnew(path, options);
  const entry = { stamp, file };
  const keep = (): void => {
    kept.delete(path);
    kept.set(path, entry);
    const [oldest] = kept.keys();
    if (kept.size > KEPT_FILES && oldest !== undefined) kept.delete(oldest);
  };
  // One that can be cancelled is not shared before it is done.
  if (options.signal === undefined) keep();
  try {
    const result = await file;
    if (options.signal !== undefined) keep();
    return result;
  } catch (error) {
    if (kept.get(path) === entry) kept.delete(path);
    throw error;
  }
}

/** What the file says alone. */
export async function readAnnotations(path: string, options: ReadOptions = {}): Promise<AnnotationIndex> {
  return (await readAnnotationFile(path, options)).index;
}

async function readAnew(path: string, options: ReadOptions): Promise<AnnotationFile> {
  const images: RawImage[] = [];
  const categories: CategoryRow[] = [];
  const rows = new RowReader();
  const hash = createHash('sha256');
  await readJsonSections(
    path,
    {
      images: (bytes, offset) => images.push(readImage(fieldsOf(bytes, path, offset), path, offset)),
      categories: (bytes, offset) => categories.push(readCategory(fieldsOf(bytes, path, offset))),
      annotations: (bytes, offset) => rows.add(fieldsOf(bytes, path, offset)),
    },
    { ...options, onBytes: (bytes) => hash.update(bytes) },
  );
  const { imageRows, repeatedImages } = sortImages(images);
  const index = { path, images: imageRows, categories, repeatedImages, ...rows.finish(imageRows) };
  return { index, sha256: hash.digest('hex') };
}

type Fields = Readonly<Record<string, unknown>>;

/** Throws DatasetError 'json-damaged' for an entry that is no object. */
function fieldsOf(bytes: Buffer, path: string, offset: number): Fields {
  const value = parseJson(bytes, path, offset);
  if (typeof value === 'object' && value !== null) return value as Fields;
  throw damagedJson(path, offset, 'begins an entry that is no object');
}

interface RawImage {
  readonly id: number;
  readonly width: number;
  readonly height: number;
  readonly fileName: string;
}

const numberOr = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Throws DatasetError 'json-damaged' for an entry without an id: nothing could refer to it, and rows are found by their ids. */
function readImage(fields: Fields, path: string, offset: number): RawImage {
  const { id, width, height, file_name: fileName } = fields;
  if (typeof id !== 'number' || !Number.isFinite(id)) throw damagedJson(path, offset, 'begins an image without a number as its id');
  return { id, width: numberOr(width, 0), height: numberOr(height, 0), fileName: textOf(fileName) };
}

function readCategory({ id, name, keypoints }: Fields): CategoryRow {
  return { id: numberOr(id, NaN), name: textOf(name), joints: Array.isArray(keypoints) ? keypoints.map(textOf) : [] };
}

function sortImages(images: readonly RawImage[]): { readonly imageRows: ImageRows; readonly repeatedImages: readonly number[] } {
  const first = new Map<number, RawImage>();
  const repeatedImages: number[] = [];
  for (const image of images) {
    if (first.has(image.id)) repeatedImages.push(image.id);
    else first.set(image.id, image);
  }
  const sorted = [...first.values()].sort((a, b) => a.id - b.id);
  const imageRows = {
    ids: Float64Array.from(sorted, ({ id }) => id),
    widths: Int32Array.from(sorted, ({ width }) => width),
    heights: Int32Array.from(sorted, ({ height }) => height),
    fileNames: sorted.map(({ fileName }) => fileName),
  };
  return { imageRows, repeatedImages };
}

/** Collects annotations one by one; nothing of an entry is kept but its numbers. */
class RowReader {
  readonly #ids = new NumberList((length) => new Float64Array(length));
  readonly #imageIds = new NumberList((length) => new Float64Array(length));
  readonly #categoryIds = new NumberList((length) => new Int32Array(length));
  readonly #boxes = new NumberList((length) => new Float64Array(length));
  readonly #areas = new NumberList((length) => new Float64Array(length));
  readonly #isCrowd = new NumberList((length) => new Uint8Array(length));
  readonly #labelledJoints = new NumberList((length) => new Int32Array(length));
  readonly #jointStarts = new NumberList((length) => new Int32Array(length));
  readonly #joints = new CoordinateList();
  readonly #crowds = new Map<number, Rle>();
  readonly #problems: EntryProblem[] = [];

  add(fields: Fields): void {
    const id = numberOr(fields.id, 0);
    const isCrowd = fields.iscrowd === 1 || fields.iscrowd === true;
    if (isCrowd) this.#addCrowd(id, fields.segmentation);
    this.#ids.push(id);
    this.#imageIds.push(numberOr(fields.image_id, NaN));
    this.#categoryIds.push(numberOr(fields.category_id, 0));
    this.#addBox(id, fields.bbox);
    this.#areas.push(numberOr(fields.area, NaN));
    this.#isCrowd.push(isCrowd ? 1 : 0);
    this.#labelledJoints.push(numberOr(fields.num_keypoints, -1));
    this.#addJoints(id, fields.keypoints);
  }

  finish(images: ImageRows): Pick<AnnotationIndex, 'annotations' | 'starts' | 'rows' | 'crowds' | 'problems'> {
    const imageIds = this.#imageIds.finish();
    const rowOf = new Map(Array.from(images.ids, (id, row) => [id, row] as const));
    const imageRows = Int32Array.from(imageIds, (id) => rowOf.get(id) ?? -1);
    const annotations: AnnotationRows = {
      ids: this.#ids.finish(),
      imageIds,
      imageRows,
      categoryIds: this.#categoryIds.finish(),
      boxes: this.#boxes.finish(),
      areasPx2: this.#areas.finish(),
      isCrowd: this.#isCrowd.finish(),
      labelledJoints: this.#labelledJoints.finish(),
      jointStarts: this.#jointStarts.finish(),
      joints: this.#joints.finish(),
    };
    return { annotations, ...byImage(imageRows, images.ids.length), crowds: this.#crowds, problems: this.#problems };
  }

  #addBox(annotationId: number, box: unknown): void {
    const isBox = isNumbers(box) && box.length === 4;
    if (!isBox) this.#problems.push({ what: 'box', annotationId, detail: isNumbers(box) ? `${box.length} numbers` : 'no list of numbers' });
    for (let i = 0; i < 4; i++) this.#boxes.push(isBox ? (box[i] as number) : 0);
  }

  #addJoints(annotationId: number, joints: unknown): void {
    const isWhole = isNumbers(joints) && joints.length === JOINT_NUMBERS;
    if (!isWhole) {
      const detail = isNumbers(joints) ? `${joints.length} numbers` : 'no list of numbers';
      this.#problems.push({ what: 'keypoints', annotationId, detail });
    }
    if (!isWhole || joints.every((value) => value === 0)) {
      this.#jointStarts.push(NO_JOINTS);
      return;
    }
    this.#jointStarts.push(this.#joints.length);
    for (const value of joints) this.#joints.push(value);
  }

  #addCrowd(annotationId: number, segmentation: unknown): void {
    const mask = readCrowdMask(segmentation);
    if (mask === undefined) return;
    if (typeof mask === 'string') this.#problems.push({ what: 'crowd-mask', annotationId, detail: mask });
    else this.#crowds.set(this.#ids.length, mask);
  }
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((entry) => Number.isFinite(entry));
}

/** Rows of annotations by picture, in the file's order within each. */
function byImage(imageRows: Int32Array, images: number): { readonly starts: Int32Array; readonly rows: Int32Array } {
  const starts = new Int32Array(images + 1);
  for (const image of imageRows) if (image >= 0) starts[image + 1] = (starts[image + 1] as number) + 1;
  for (let i = 0; i < images; i++) starts[i + 1] = (starts[i + 1] as number) + (starts[i] as number);
  const next = starts.slice();
  const rows = new Int32Array(starts[images] as number);
  imageRows.forEach((image, row) => {
    if (image < 0) return;
    rows[next[image] as number] = row;
    next[image] = (next[image] as number) + 1;
  });
  return { starts, rows };
}
