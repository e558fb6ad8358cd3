import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { systemErrorCode } from '../file-errors.ts';
import { DatasetError } from '../source.ts';
import { subfolders } from '../subfolders.ts';
import { folderUnreadable } from '../walk-files.ts';
import { OFFICIAL_SPLITS, type OfficialSplit } from './splits.ts';

/** Where the pictures of a split are: a folder, or an archive with entries `{set}/{name}`. */
export interface ImagePlace {
  readonly kind: 'folder' | 'archive';
  readonly path: string;
}

/** One split as the folder has it. */
export interface SplitFiles {
  readonly split: OfficialSplit;
  /** The official name: train2017, val2014, test-dev2017, ... */
  readonly set: string;
  readonly annotationFile: string;
  /** Pictures are listed, persons are not. */
  readonly isInfoOnly: boolean;
  readonly images: ImagePlace | undefined;
}

export interface CocoLayout {
  /** The folder that holds everything. */
  readonly root: string;
  /** How the picked folder relates to `root`. */
  readonly nesting: 'exact' | 'picked-inside' | 'picked-above';
  readonly year: Year;
  readonly splits: readonly SplitFiles[];
  /** instances_*.json of splits that have no persons' file. */
  readonly instanceFiles: readonly string[];
  /** JSON files of detected boxes. */
  readonly detectionFiles: readonly string[];
}

/** Sets are named by year; own ones may have none. */
type Year = '2017' | '2014' | '';
const YEARS: readonly Year[] = ['2017', '2014', ''];
const CONTEXT = 'COCO keypoints';

export const COCO_SIGNATURE = 'annotations/person_keypoints_{train,val}2017.json with train2017 and val2017 (or images/…) beside it';

const DETECTION_FOLDER = 'person_detection_results';
/** What testing on the server goes by comes first. */
const TEST_SETS = ['test-dev2017', 'test2017', 'test-dev2015', 'test2015', 'test2014', 'test'];

/**
 * Finds the set's root from the folder that was picked: the root itself, a folder inside of it (annotations, images, train2017, ...) or one
 * level above. Of sets of two years the newer one counts. Undefined when nothing fits. Throws DatasetError 'root-ambiguous' when
 * the picked folder holds several sets, 'folder-unreadable' when it cannot be opened.
 */
export async function detectCocoRoot(picked: string): Promise<CocoLayout | undefined> {
  const dir = resolve(picked);
  const found: CocoLayout[] = [];
  const exact = await layoutAt(dir, 'refuse');
  if (exact !== undefined) found.push(exact);
  for (const above of insideOf(dir)) {
    const layout = await layoutAt(above, 'pass over');
    if (layout !== undefined) found.push({ ...layout, nesting: 'picked-inside' });
  }
  if (found.length > 0) return found.find(hasPictures) ?? found[0];
  const below: CocoLayout[] = [];
  for (const name of await subfolders(dir, 'refuse', CONTEXT)) {
    const layout = await layoutAt(join(dir, name), 'pass over');
    if (layout !== undefined) below.push({ ...layout, nesting: 'picked-above' });
  }
  return onlyOne(dir, below);
}

const hasPictures = ({ splits }: CocoLayout): boolean => splits.some(({ images }) => images !== undefined);

function onlyOne(dir: string, found: readonly CocoLayout[]): CocoLayout | undefined {
  const complete = found.filter(hasPictures);
  const candidates = complete.length > 0 ? complete : found;
  if (candidates.length < 2) return candidates[0];
  const roots = candidates.map(({ root }) => root).join(', ');
  throw new DatasetError('root-ambiguous', `${CONTEXT}: ${dir} holds ${candidates.length} data sets: ${roots}; expected one`, {
    tip: 'Name the folder of one of them.',
  });
}

/** When a folder inside of the set was picked: the folders above it that can be the root. */
function insideOf(dir: string): readonly string[] {
  const parent = resolve(dir, '..');
  if (!/^(annotations.*|images|person_detection_results|(train|val|test)\d*)$/.test(basename(dir))) return [];
  return [parent, resolve(parent, '..')];
}

async function layoutAt(dir: string, unreadable: 'refuse' | 'pass over'): Promise<CocoLayout | undefined> {
  const folders = await subfolders(dir, unreadable, CONTEXT);
  const annotations = await annotationFiles(dir, folders, unreadable);
  const nameOf = (split: 'train' | 'val', year: Year): string => `person_keypoints_${split}${year}.json`;
  const year = YEARS.find((one) => annotations.has(nameOf('train', one)) || annotations.has(nameOf('val', one)));
  const splits: SplitFiles[] = [];
  for (const split of ['train', 'val'] as const) {
    const annotationFile = year === undefined ? undefined : annotations.get(nameOf(split, year));
    if (annotationFile === undefined) continue;
    const set = `${split}${year}`;
    splits.push({ split, set, annotationFile, isInfoOnly: false, images: await findImages(dir, set) });
  }
  const test = await findTest(dir, annotations);
  if (test !== undefined) splits.push(test);
  const instanceFiles = [...annotations].filter(([name]) => /^instances_(train|val)\d*\.json$/.test(name)).map(([, path]) => path);
  if (splits.length === 0 && instanceFiles.length === 0) return undefined;
  return {
    root: dir,
    nesting: 'exact',
    year: year ?? '2017',
    splits: splits.sort((a, b) => OFFICIAL_SPLITS.indexOf(a.split) - OFFICIAL_SPLITS.indexOf(b.split)),
    instanceFiles: year === undefined ? instanceFiles : [],
    detectionFiles: await detectionFilesIn(dir, folders),
  };
}

/** The file that lists pictures of a test, when the pictures are there too. */
async function findTest(dir: string, annotations: ReadonlyMap<string, string>): Promise<SplitFiles | undefined> {
  for (const set of TEST_SETS) {
    const annotationFile = annotations.get(`image_info_${set}.json`);
    if (annotationFile === undefined) continue;
    const images = await findImages(dir, set.replace('-dev', ''));
    if (images !== undefined) return { split: 'test', set, annotationFile, isInfoOnly: true, images };
  }
  return undefined;
}

/** JSON files by name: in `annotations`, in the folder that an official zip was unpacked into, or beside the pictures. */
async function annotationFiles(
  dir: string,
  folders: readonly string[],
  unreadable: 'refuse' | 'pass over',
): Promise<ReadonlyMap<string, string>> {
  const own = folders.filter((name) => name.startsWith('annotations'));
  const places = [...own.map((name) => join(dir, name)), ...own.map((name) => join(dir, name, 'annotations')), dir];
  const found = new Map<string, string>();
  for (const place of places) {
    for (const name of await fileNames(place, unreadable)) {
      if (!found.has(name)) found.set(name, join(place, name));
    }
  }
  return found;
}

async function detectionFilesIn(dir: string, folders: readonly string[]): Promise<readonly string[]> {
  if (!folders.includes(DETECTION_FOLDER)) return [];
  const names = await fileNames(join(dir, DETECTION_FOLDER), 'refuse');
  return names.map((name) => join(dir, DETECTION_FOLDER, name));
}

/** Visible JSON files, by name; none when there is no such folder. */
async function fileNames(dir: string, unreadable: 'refuse' | 'pass over'): Promise<readonly string[]> {
  const names = await readdir(dir).catch((error: unknown) => {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || unreadable === 'pass over') return [];
    throw folderUnreadable(CONTEXT, dir, error);
  });
  return names.filter((name) => name.endsWith('.json') && !name.startsWith('.')).sort();
}

/** The folder of a set, or its archive where the folder is not there. */
async function findImages(root: string, set: string): Promise<ImagePlace | undefined> {
  for (const place of [root, join(root, 'images')]) {
    const folders = await subfolders(place, 'pass over', CONTEXT);
    if (!folders.includes(set)) continue;
    const doubled = (await subfolders(join(place, set), 'pass over', CONTEXT)).includes(set);
    return { kind: 'folder', path: doubled ? join(place, set, set) : join(place, set) };
  }
  for (const place of [join(root, 'images'), root]) {
    const names: readonly string[] = await readdir(place).catch(() => []);
    if (names.includes(`${set}.zip`)) return { kind: 'archive', path: join(place, `${set}.zip`) };
  }
  return undefined;
}
