import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isJunkName } from '../junk-names.ts';
import { folderUnreadable } from '../walk-files.ts';
import { listZip, type ZipEntry } from '../zip.ts';
import type { ImagePlace } from './layout.ts';

/** Where one picture is: a file, or an entry of an archive. */
export interface ImageLocation {
  readonly path: string;
  readonly entry?: ZipEntry;
}

/** The pictures of a split by name. */
export interface ImageNames {
  /**
   * The picture that a file lists: by its name there, else by its id as the official sets name it. Letters' case does not matter: copies
   * through other systems change it.
   */
  find(fileName: string, imageId: number): ImageLocation | undefined;
  /** How many pictures there are, listed or not. */
  readonly count: number;
  /** Files that operating systems left behind. */
  readonly junkCount: number;
}

const PICTURE = /\.(jpe?g|png)$/i;
const STAT_BATCH = 64;

/** One look into the folder or archive; no picture is opened. Throws DatasetError 'folder-unreadable' and what listZip throws. */
export async function openImages(place: ImagePlace, set: string): Promise<ImageNames> {
  const { named, junkCount } = place.kind === 'folder' ? await namesInFolder(place.path) : await namesInArchive(place.path);
  const suffix = set.replace('-dev', '');
  return {
    count: named.size,
    junkCount,
    find: (fileName, imageId) => {
      const number = String(imageId).padStart(12, '0');
      const candidates = [basename(fileName), `${number}.jpg`, `${number}.png`, `COCO_${suffix}_${number}.jpg`];
      for (const name of candidates) {
        const found = named.get(name.toLowerCase());
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

interface Found {
  /** By name in small letters. */
  readonly named: ReadonlyMap<string, ImageLocation>;
  readonly junkCount: number;
}

async function namesInFolder(dir: string): Promise<Found> {
  const names = await readdir(dir).catch((error: unknown) => {
    throw folderUnreadable('COCO keypoints', dir, error);
  });
  const kept = names.filter((name) => !isJunkName(name));
  const pictures = kept.filter((name) => PICTURE.test(name)).sort();
  return {
    named: new Map(pictures.map((name) => [name.toLowerCase(), { path: join(dir, name) }] as const)),
    junkCount: names.length - kept.length,
  };
}

async function namesInArchive(path: string): Promise<Found> {
  const entries = await listZip(path);
  const kept = entries.filter(({ name }) => !name.split('/').some(isJunkName));
  const pictures = kept.filter(({ name }) => PICTURE.test(name));
  return {
    named: new Map(pictures.map((entry) => [basename(entry.name).toLowerCase(), { path, entry }] as const)),
    junkCount: entries.length - kept.length,
  };
}

/** Bytes of each picture; -1 where a file cannot be looked at. */
export async function sizesOf(locations: readonly ImageLocation[]): Promise<readonly number[]> {
  const sizes: number[] = [];
  for (let start = 0; start < locations.length; start += STAT_BATCH) {
    const batch = locations.slice(start, start + STAT_BATCH).map(async ({ path, entry }) => {
      if (entry !== undefined) return entry.bytes;
      return stat(path).then(
        ({ size }) => size,
        () => -1,
      );
    });
    sizes.push(...(await Promise.all(batch)));
  }
  return sizes;
}
