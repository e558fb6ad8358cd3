import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeInstanceMap, decodeLabelMap } from '../../decode/label-map.ts';
import { encodePng } from '../../decode/png-encode.ts';
import { decodeRgb } from '../../decode/rgb.ts';
import { createRandom, itemSeed } from '../../random.ts';
import { writeWhole } from '../../synthesize/write-whole.ts';
import { CITYSCAPES_LABELS } from '../labels.ts';
import { drawPolygons } from '../polygons.ts';
import type { OfficialSplit } from '../splits.ts';
import { drawScene } from './draw-scene.ts';
import { paintScene } from './paint.ts';

/** One scene to be written; plain data. */
export interface ItemJob {
  readonly root: string;
  readonly seed: number;
  readonly split: OfficialSplit;
  readonly index: number;
  readonly height: number;
  readonly width: number;
}

export interface WrittenItem {
  readonly key: string;
  readonly split: OfficialSplit;
  /** SHA-256 of decoded pixels, so that they do not depend on a compressor's version. */
  readonly image: string;
  readonly labelIds: string;
  readonly instanceIds: string;
}

export interface ItemResult {
  readonly item: WrittenItem;
  /** False when it was there already. */
  readonly isNew: boolean;
}

/** Real names of the right split, so that the tools of the real set accept them. Ten in train: one of them is a tenth. */
const CITIES: Readonly<Record<OfficialSplit, readonly string[]>> = {
  train: ['aachen', 'bochum', 'bremen', 'cologne', 'darmstadt', 'dusseldorf', 'erfurt', 'hamburg', 'jena', 'zurich'],
  val: ['frankfurt', 'lindau', 'munster'],
  test: ['berlin', 'bielefeld', 'bonn', 'leverkusen', 'mainz', 'munich'],
};
/** What the labels of the test split still show: everything else is withheld. */
const SHOWN_IN_TEST: ReadonlySet<string> = new Set(['ego vehicle', 'out of roi']);

/** The city and key of a scene; they follow from its index alone. */
export function itemName(split: OfficialSplit, index: number): { readonly city: string; readonly key: string } {
  const cities = CITIES[split];
  const city = cities[index % cities.length] as string;
  return { city, key: `${city}_${String(Math.floor(index / cities.length)).padStart(6, '0')}_000019` };
}

export interface ItemPaths {
  readonly image: string;
  readonly labelIds: string;
  readonly instanceIds: string;
  readonly color: string;
  readonly polygons: string;
}

export function itemPaths(root: string, split: OfficialSplit, index: number): ItemPaths {
  const { city, key } = itemName(split, index);
  const label = (suffix: string): string => join(root, 'gtFine', split, city, `${key}_gtFine_${suffix}`);
  return {
    image: join(root, 'leftImg8bit', split, city, `${key}_leftImg8bit.png`),
    labelIds: label('labelIds.png'),
    instanceIds: label('instanceIds.png'),
    color: label('color.png'),
    polygons: label('polygons.json'),
  };
}

/** Draws and writes one scene, the image last: a scene whose image is there is complete and is only read again for its hashes. */
export async function writeItem(job: ItemJob): Promise<ItemResult> {
  const paths = itemPaths(job.root, job.split, job.index);
  const { key } = itemName(job.split, job.index);
  if ((await stat(paths.image).catch(() => undefined))?.isFile() === true) {
    return { item: { key, split: job.split, ...(await hashFiles(paths)) }, isNew: false };
  }

  const { height, width } = job;
  const scene = drawScene(job);
  const file = {
    imgHeight: height,
    imgWidth: width,
    objects: scene.objects.map(({ label, polygon, deleted }) => ({ label, polygon, ...(deleted === undefined ? {} : { deleted }) })),
  };
  const rgb = paintScene(scene, drawPolygons(file).objectIndex, createRandom(itemSeed(job.seed, job.split, job.index, 'noise')));
  const shown = job.split === 'test' ? { ...file, objects: file.objects.filter((object) => SHOWN_IN_TEST.has(object.label)) } : file;
  const { labelIds, instanceIds } = drawPolygons(shown);
  await writeWhole(paths.polygons, JSON.stringify(shown));
  await writeWhole(paths.color, encodePng({ width, height, channels: 4, data: colorsOf(labelIds) }));
  await writeWhole(paths.instanceIds, encodePng({ width, height, channels: 1, data: instanceIds }));
  await writeWhole(paths.labelIds, encodePng({ width, height, channels: 1, data: labelIds }));
  await writeWhole(paths.image, encodePng({ width, height, channels: 3, data: rgb }));
  const item = { key, split: job.split, image: hashOf(rgb), labelIds: hashOf(labelIds), instanceIds: hashOf(instanceIds) };
  return { item, isNew: true };
}

function colorsOf(labelIds: Uint8Array): Uint8Array {
  const table = new Uint8Array(256 * 4).fill(255);
  for (const { id, color } of CITYSCAPES_LABELS) if (id >= 0) table.set(color, id * 4);
  const out = new Uint8Array(labelIds.length * 4);
  for (let i = 0; i < labelIds.length; i++) {
    const from = (labelIds[i] as number) * 4;
    out[4 * i] = table[from] as number;
    out[4 * i + 1] = table[from + 1] as number;
    out[4 * i + 2] = table[from + 2] as number;
    out[4 * i + 3] = 255;
  }
  return out;
}

async function hashFiles(paths: ItemPaths): Promise<Omit<WrittenItem, 'key' | 'split'>> {
  const [image, labelIds, instanceIds] = await Promise.all([readFile(paths.image), readFile(paths.labelIds), readFile(paths.instanceIds)]);
  return {
    image: hashOf((await decodeRgb(image)).rgb),
    labelIds: hashOf(decodeLabelMap(labelIds).values),
    instanceIds: hashOf(decodeInstanceMap(instanceIds).values),
  };
}

function hashOf(values: Uint8Array | Uint16Array): string {
  return createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');
}
