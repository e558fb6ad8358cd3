import { basename, join, resolve } from 'node:path';
import { DatasetError } from '../source.ts';
import { subfolders } from '../subfolders.ts';
import { OFFICIAL_SPLITS } from './splits.ts';

/**
 * Where the two halves of the set lie. They are siblings in the official layout, but not when each zip was unpacked into a folder of
 * its own.
 */
export interface CityscapesLayout {
  /** The folder that holds everything. */
  readonly root: string;
  readonly imagesDir: string;
  readonly hasImages: boolean;
  /** Undefined when only images (or only coarse labels) were found. */
  readonly labelsDir: string | undefined;
  readonly coarseDir: string | undefined;
  /** How the picked folder relates to `root`. */
  readonly nesting: 'exact' | 'picked-inside' | 'picked-above' | 'unpacked-zips';
  readonly isBlurred: boolean;
}

export const CITYSCAPES_SIGNATURE =
  'leftImg8bit/{train,val,test}/<city>/*_leftImg8bit.png and gtFine/{train,val,test}/<city>/*_gtFine_labelIds.png';

const CONTEXT = 'Cityscapes';
const IMAGE_FOLDERS = ['leftImg8bit', 'leftImg8bit_blurred'] as const;

/**
 * Finds the set's root from the folder that was picked: the root itself, a folder inside (leftImg8bit, gtFine or one of their
 * splits), one level above, or the unpacked zips beside each other (leftImg8bit_trainvaltest/leftImg8bit,
 * gtFine_trainvaltest/gtFine). Undefined when nothing fits. Throws DatasetError 'root-ambiguous' with the candidates when the picked folder
 * holds several sets: which one is meant is not guessed; 'folder-unreadable' when it, or a half of the set, cannot be
 * opened: it is never taken for an empty one.
 */
export async function detectCityscapesRoot(picked: string): Promise<CityscapesLayout | undefined> {
  const dir = resolve(picked);
  const found: CityscapesLayout[] = [];
  const exact = await layoutAt(dir, 'refuse');
  if (exact !== undefined) found.push(exact);
  for (const above of insideOf(dir)) {
    const layout = await layoutAt(above, 'pass over');
    if (layout !== undefined) found.push({ ...layout, nesting: 'picked-inside' });
  }
  if (found.length > 0) return found.find(isComplete) ?? found[0];
  return onlyOne(dir, await layoutsBelow(dir));
}

const isComplete = (layout: CityscapesLayout): boolean => layout.hasImages && layout.labelsDir !== undefined;

async function layoutsBelow(dir: string): Promise<readonly CityscapesLayout[]> {
  const found: CityscapesLayout[] = [];
  for (const name of await subfolders(dir, 'refuse', CONTEXT)) {
    const layout = await layoutAt(join(dir, name), 'pass over');
    if (layout !== undefined) found.push({ ...layout, nesting: 'picked-above' });
  }
  return found;
}

/** A complete set is preferred to halves of one; of several that are equally good none is. */
function onlyOne(dir: string, found: readonly CityscapesLayout[]): CityscapesLayout | undefined {
  const complete = found.filter(isComplete);
  const candidates = complete.length > 0 ? complete : found;
  if (candidates.length < 2) return candidates[0];
  throw new DatasetError(
    'root-ambiguous',
    `Cityscapes: ${dir} holds ${candidates.length} data sets: ${candidates.map(({ root }) => root).join(', ')}; expected one`,
    {
      tip: 'Name the folder of one of them.',
    },
  );
}

/** When a folder inside the set was picked: the folders above it that can be the root. */
function insideOf(dir: string): readonly string[] {
  const parent = resolve(dir, '..');
  const name = basename(dir);
  if (name.startsWith('leftImg8bit') || name.startsWith('gtFine')) return [parent, resolve(parent, '..')];
  if ((OFFICIAL_SPLITS as readonly string[]).includes(name)) return [resolve(parent, '..')];
  return [];
}

/** `unreadable`: what is done about a folder that cannot be opened; those around the picked one need not be ours. */
async function layoutAt(dir: string, unreadable: 'refuse' | 'pass over'): Promise<CityscapesLayout | undefined> {
  const names = await subfolders(dir, unreadable, CONTEXT);
  const images = await findHalf(dir, names, IMAGE_FOLDERS);
  const labels = await findHalf(dir, names, ['gtFine']);
  const coarse = await findHalf(dir, names, ['gtCoarse']);
  if (images === undefined && labels === undefined) return undefined;
  const isNested = images?.isNested === true || labels?.isNested === true;
  return {
    root: dir,
    imagesDir: images?.path ?? join(dir, 'leftImg8bit'),
    hasImages: images !== undefined,
    labelsDir: labels?.path,
    coarseDir: coarse?.path,
    nesting: isNested ? 'unpacked-zips' : 'exact',
    isBlurred: images !== undefined && basename(images.path) === 'leftImg8bit_blurred',
  };
}

/** A folder of that name with split folders inside, here or one level down inside a folder named after its zip. */
async function findHalf(
  dir: string,
  names: readonly string[],
  wanted: readonly string[],
): Promise<{ readonly path: string; readonly isNested: boolean } | undefined> {
  for (const name of wanted) {
    if (names.includes(name)) {
      if (await hasSplits(join(dir, name))) return { path: join(dir, name), isNested: false };
      const doubled = join(dir, name, name);
      if (await hasSplits(doubled)) return { path: doubled, isNested: true };
    }
    for (const zip of names.filter((candidate) => candidate.startsWith(`${name}_`))) {
      const nested = join(dir, zip, name);
      if (await hasSplits(nested)) return { path: nested, isNested: true };
    }
  }
  return undefined;
}

async function hasSplits(dir: string): Promise<boolean> {
  const names = await subfolders(dir, 'refuse', CONTEXT);
  return OFFICIAL_SPLITS.some((split) => names.includes(split));
}
