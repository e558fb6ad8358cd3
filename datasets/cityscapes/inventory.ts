import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { systemErrorCode } from '../file-errors.ts';
import { isJunkName } from '../junk-names.ts';
import type { CityscapesLayout } from './layout.ts';
import { OFFICIAL_SPLITS, type OfficialSplit } from './splits.ts';

export interface FoundFile {
  readonly path: string;
  readonly bytes: number;
}

/** The files of one picture, paired by key `{city}_{sequence}_{frame}`; never by sorted position. */
export interface CityscapesItem {
  readonly key: string;
  readonly split: OfficialSplit;
  readonly city: string;
  readonly sequence: string;
  readonly frame: string;
  readonly image: FoundFile | undefined;
  readonly labelIds: FoundFile | undefined;
  readonly instanceIds: FoundFile | undefined;
  readonly trainIds: FoundFile | undefined;
  readonly polygons: FoundFile | undefined;
}

export interface Inventory {
  readonly layout: CityscapesLayout;
  /** By split and key. */
  readonly items: readonly CityscapesItem[];
  /** Files whose name follows no rule of the set. */
  readonly oddNames: readonly string[];
  /** Left behind by operating systems: `._*`, `.DS_Store`, `Thumbs.db`, ... */
  readonly junkCount: number;
  /** Two pictures with the same key in one split, in folders or names that differ. */
  readonly duplicates: readonly string[];
  /** Every file of the set with its size, also empty ones. */
  readonly files: readonly NamedFile[];
  /** Files and folders that are there but could not be looked at: what they hold is not known. */
  readonly unreadable: readonly Unreadable[];
}

export interface Unreadable {
  readonly path: string;
  readonly split: OfficialSplit;
  /** Of the failed system call: 'EACCES', ... */
  readonly code: string;
}

export type Role = 'image' | 'labelIds' | 'instanceIds' | 'trainIds' | 'polygons' | 'color';

const ROLES: Readonly<Record<string, Role>> = {
  labelIds: 'labelIds',
  instanceIds: 'instanceIds',
  labelTrainIds: 'trainIds',
  color: 'color',
  polygons: 'polygons',
};
const IMAGE_NAME = /^([^_]+)_(\d{6})_(\d{6})_leftImg8bit(?:_blurred)?\.(?:png|jpe?g)$/i;
const LABEL_NAME = /^([^_]+)_(\d{6})_(\d{6})_gtFine_(labelIds|instanceIds|labelTrainIds|color|polygons)\.(?:png|json)$/i;
const STAT_BATCH = 64;

export interface NamedFile extends FoundFile {
  readonly role: Role;
  readonly split: OfficialSplit;
  readonly city: string;
  readonly sequence: string;
  readonly frame: string;
}

/** One walk over both halves of the set: names, sizes and pairs; no file is opened. */
export async function readInventory(layout: CityscapesLayout, signal?: AbortSignal): Promise<Inventory> {
  const walk: Walk = { named: [], oddNames: [], unreadable: [], junkCount: 0 };
  for (const split of OFFICIAL_SPLITS) {
    signal?.throwIfAborted();
    await walkSplit(join(layout.imagesDir, split), split, walk);
    if (layout.labelsDir !== undefined) await walkSplit(join(layout.labelsDir, split), split, walk);
  }
  walk.named.sort((a, b) => (a.path < b.path ? -1 : 1));
  const { items, duplicates } = pairByKey(walk.named);
  return { layout, items, duplicates, oddNames: walk.oddNames, junkCount: walk.junkCount, files: walk.named, unreadable: walk.unreadable };
}

interface Walk {
  readonly named: NamedFile[];
  readonly oddNames: string[];
  readonly unreadable: Unreadable[];
  junkCount: number;
}

async function walkSplit(dir: string, split: OfficialSplit, walk: Walk): Promise<void> {
  for (const city of await namesIn(dir, split, walk)) {
    const cityDir = join(dir, city);
    const info = await lookAt(cityDir, split, walk);
    if (info === undefined) continue;
    if (!info.isDirectory()) {
      walk.oddNames.push(cityDir);
      continue;
    }
    const names = await namesIn(cityDir, split, walk);
    for (let start = 0; start < names.length; start += STAT_BATCH) {
      await Promise.all(names.slice(start, start + STAT_BATCH).map((name) => addFile(cityDir, name, split, walk)));
    }
  }
}

async function addFile(dir: string, name: string, split: OfficialSplit, walk: Walk): Promise<void> {
  const path = join(dir, name);
  const image = IMAGE_NAME.exec(name);
  const label = image === null ? LABEL_NAME.exec(name) : null;
  const match = image ?? label;
  const role = image !== null ? 'image' : ROLES[label?.[4] ?? ''];
  if (match === null || role === undefined) {
    walk.oddNames.push(path);
    return;
  }
  const info = await lookAt(path, split, walk);
  if (info === undefined) return;
  if (!info.isFile()) {
    walk.oddNames.push(path);
    return;
  }
  const [, city, sequence, frame] = match as unknown as readonly [string, string, string, string];
  walk.named.push({ path, bytes: info.size, role, split, city, sequence, frame });
}

/** Follows links; a link that leads nowhere cannot be looked at either. */
async function lookAt(path: string, split: OfficialSplit, walk: Walk): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    walk.unreadable.push({ path, split, code: systemErrorCode(error) ?? String(error) });
    return undefined;
  }
}

/** Empty for a folder that is not there. */
async function namesIn(dir: string, split: OfficialSplit, walk: Walk): Promise<readonly string[]> {
  let all: readonly string[] = [];
  try {
    all = await readdir(dir);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code !== 'ENOENT') walk.unreadable.push({ path: dir, split, code: code ?? String(error) });
  }
  const names = all.filter((name) => !isJunkName(name));
  walk.junkCount += all.length - names.length;
  return names.filter((name) => !name.startsWith('.')).sort();
}

function pairByKey(files: readonly NamedFile[]): { readonly items: readonly CityscapesItem[]; readonly duplicates: readonly string[] } {
  const byKey = new Map<string, { first: NamedFile; files: Map<Role, NamedFile> }>();
  const duplicates: string[] = [];
  for (const file of files) {
    const key = `${file.split}/${file.city}_${file.sequence}_${file.frame}`;
    const entry = byKey.get(key) ?? { first: file, files: new Map<Role, NamedFile>() };
    byKey.set(key, entry);
    if (entry.files.has(file.role)) duplicates.push(file.path);
    else entry.files.set(file.role, file);
  }
  const order = new Map(OFFICIAL_SPLITS.map((split, i) => [split, i] as const));
  const items = [...byKey.values()].map(({ first, files: byRole }): CityscapesItem => ({
    key: `${first.city}_${first.sequence}_${first.frame}`,
    split: first.split,
    city: first.city,
    sequence: first.sequence,
    frame: first.frame,
    image: byRole.get('image'),
    labelIds: byRole.get('labelIds'),
    instanceIds: byRole.get('instanceIds'),
    trainIds: byRole.get('trainIds'),
    polygons: byRole.get('polygons'),
  }));
  items.sort((a, b) => (order.get(a.split) ?? 0) - (order.get(b.split) ?? 0) || (a.key < b.key ? -1 : 1));
  return { items, duplicates };
}

/** The path as in the official layout, however the zips were unpacked. */
export function logicalPath(layout: CityscapesLayout, path: string): string {
  for (const [dir, name] of [
    [layout.imagesDir, 'leftImg8bit'],
    [layout.labelsDir, 'gtFine'],
  ] as const) {
    if (dir !== undefined && path.startsWith(dir)) return `${name}/${relative(dir, path).replaceAll('\\', '/')}`;
  }
  return relative(layout.root, path).replaceAll('\\', '/');
}

/** SHA-256 over the sorted lines `relpath\tsize` of the images and label ids. */
export function fingerprintOf(inventory: Inventory): string {
  const lines = inventory.items
    .flatMap((item) => [item.image, item.labelIds])
    .filter((file) => file !== undefined)
    .map((file) => `${logicalPath(inventory.layout, file.path)}\t${file.bytes}`)
    .sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}
