import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
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
  readonly files: readonly FoundFile[];
}

type Role = 'image' | 'labelIds' | 'instanceIds' | 'trainIds' | 'polygons' | 'color';

const ROLES: Readonly<Record<string, Role>> = {
  labelIds: 'labelIds',
  instanceIds: 'instanceIds',
  labelTrainIds: 'trainIds',
  color: 'color',
  polygons: 'polygons',
};
const IMAGE_NAME = /^([^_]+)_(\d{6})_(\d{6})_leftImg8bit(?:_blurred)?\.(?:png|jpe?g)$/i;
const LABEL_NAME = /^([^_]+)_(\d{6})_(\d{6})_gtFine_(labelIds|instanceIds|labelTrainIds|color|polygons)\.(?:png|json)$/i;
const JUNK_NAMES: ReadonlySet<string> = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini', '@eaDir', '__MACOSX']);
const STAT_BATCH = 64;

interface NamedFile extends FoundFile {
  readonly role: Role;
  readonly split: OfficialSplit;
  readonly city: string;
  readonly sequence: string;
  readonly frame: string;
}

/** One walk over both halves of the set: names, sizes and pairs; no file is opened. */
export async function readInventory(layout: CityscapesLayout, signal?: AbortSignal): Promise<Inventory> {
  const walk: Walk = { named: [], oddNames: [], junkCount: 0 };
  for (const split of OFFICIAL_SPLITS) {
    signal?.throwIfAborted();
    await walkSplit(join(layout.imagesDir, split), split, walk);
    if (layout.labelsDir !== undefined) await walkSplit(join(layout.labelsDir, split), split, walk);
  }
  const { items, duplicates } = pairByKey(walk.named);
  return { layout, items, duplicates, oddNames: walk.oddNames, junkCount: walk.junkCount, files: walk.named };
}

interface Walk {
  readonly named: NamedFile[];
  readonly oddNames: string[];
  junkCount: number;
}

async function walkSplit(dir: string, split: OfficialSplit, walk: Walk): Promise<void> {
  for (const city of await namesIn(dir, walk)) {
    const cityDir = join(dir, city);
    if ((await stat(cityDir).catch(() => undefined))?.isDirectory() !== true) {
      walk.oddNames.push(cityDir);
      continue;
    }
    const names = await namesIn(cityDir, walk);
    for (let start = 0; start < names.length; start += STAT_BATCH) {
      const found = await Promise.all(names.slice(start, start + STAT_BATCH).map((name) => lookAt(cityDir, name, split)));
      for (const file of found) {
        if (typeof file === 'string') walk.oddNames.push(file);
        else walk.named.push(file);
      }
    }
  }
}

async function lookAt(dir: string, name: string, split: OfficialSplit): Promise<NamedFile | string> {
  const path = join(dir, name);
  const image = IMAGE_NAME.exec(name);
  const label = image === null ? LABEL_NAME.exec(name) : null;
  const match = image ?? label;
  if (match === null) return path;
  const role = image !== null ? 'image' : ROLES[label?.[4] ?? ''];
  const info = await stat(path).catch(() => undefined);
  if (role === undefined || info === undefined || !info.isFile()) return path;
  return { path, bytes: info.size, role, split, city: match[1] as string, sequence: match[2] as string, frame: match[3] as string };
}

async function namesIn(dir: string, walk: Walk): Promise<readonly string[]> {
  const all = await readdir(dir).catch(() => []);
  const names = all.filter((name) => !JUNK_NAMES.has(name) && !name.startsWith('._'));
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
