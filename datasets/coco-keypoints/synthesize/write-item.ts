import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../../synthesize/write-whole.ts';
import { annotate, type Annotation } from './annotate.ts';
import { paintScene, type SceneSeed, type SyntheticSplit } from './scene.ts';

/** One picture to be written; plain data. */
export interface ItemJob extends SceneSeed {
  readonly root: string;
}

export interface WrittenItem {
  readonly key: string;
  readonly split: SyntheticSplit;
  /** SHA-256 of the pixels before they are compressed: those of a JPEG file depend on the decoder. */
  readonly image: string;
}

export interface ItemResult {
  readonly item: WrittenItem;
  /** False when the picture was there already. */
  readonly isNew: boolean;
  readonly annotations: readonly Annotation[];
}

/** Ids of pictures follow from their index alone; those of val begin after this one. */
const FIRST_OF_VAL = 1_000_000;

export function imageIdOf(split: SyntheticSplit, index: number): number {
  return (split === 'val' ? FIRST_OF_VAL : 0) + index + 1;
}

/** The official name: twelve digits. */
export function imageName(imageId: number): string {
  return `${String(imageId).padStart(12, '0')}.jpg`;
}

export function imagePath(root: string, split: SyntheticSplit, index: number): string {
  return join(root, `${split}2017`, imageName(imageIdOf(split, index)));
}

/** Draws one picture and writes it unless it is there; it is drawn in any case, for its annotations. */
export async function writeItem(job: ItemJob): Promise<ItemResult> {
  const { root, split, index, height, width } = job;
  const path = imagePath(root, split, index);
  const imageId = imageIdOf(split, index);
  const scene = paintScene(job);
  const { rgb } = scene.canvas;
  const isNew = (await stat(path).catch(() => undefined))?.isFile() !== true;
  if (isNew) await writeWhole(path, await encodeJpeg(rgb, height, width));
  const item = { key: `${split}2017/${imageName(imageId)}`, split, image: createHash('sha256').update(rgb).digest('hex') };
  return { item, isNew, annotations: annotate(scene, job, imageId) };
}

async function encodeJpeg(rgb: Uint8ClampedArray, height: number, width: number): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp');
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 92, chromaSubsampling: '4:4:4' })
    .toBuffer();
}
