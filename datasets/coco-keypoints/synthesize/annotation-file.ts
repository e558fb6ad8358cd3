import { join } from 'node:path';
import { writeWhole } from '../../synthesize/write-whole.ts';
import { COCO_JOINTS, COCO_SKELETON } from '../joints.ts';
import type { Annotation } from './annotate.ts';
import type { SyntheticSplit } from './scene.ts';
import { imageIdOf, imageName } from './write-item.ts';

/** person_keypoints_*.json, as far as we write it. */
export interface AnnotationFile {
  readonly info: Readonly<Record<string, unknown>>;
  readonly licenses: readonly Readonly<Record<string, unknown>>[];
  readonly images: readonly ImageEntry[];
  readonly annotations: readonly Annotation[];
  readonly categories: readonly CategoryEntry[];
}

export interface ImageEntry {
  readonly id: number;
  readonly width: number;
  readonly height: number;
  readonly file_name: string;
  readonly license: number;
  readonly coco_url: string;
  readonly flickr_url: string;
  readonly date_captured: string;
}

export interface CategoryEntry {
  readonly id: number;
  readonly name: string;
  readonly supercategory: string;
  readonly keypoints: readonly string[];
  /** From 1. */
  readonly skeleton: readonly (readonly number[])[];
}

export function annotationPath(root: string, split: SyntheticSplit): string {
  return join(root, 'annotations', `person_keypoints_${split}2017.json`);
}

/** Writes the file of a split from the annotations of its pictures, in their order. */
export async function writeAnnotationFile(
  root: string,
  split: SyntheticSplit,
  size: { readonly height: number; readonly width: number },
  pictures: readonly (readonly Annotation[])[],
): Promise<void> {
  const images = pictures.map((_, index): ImageEntry => {
    const id = imageIdOf(split, index);
    const drawn = '2017-01-01 00:00:00';
    return { id, width: size.width, height: size.height, file_name: imageName(id), license: 1, coco_url: '', flickr_url: '', date_captured: drawn };
  });
  const file: AnnotationFile = {
    info: { description: 'Drawn by a program; not part of the COCO data set.', version: '1', year: 2017, contributor: '', url: '', date_created: '' },
    licenses: [{ id: 1, name: 'drawn by a program', url: '' }],
    images,
    annotations: pictures.flat(),
    categories: [
      {
        id: 1,
        name: 'person',
        supercategory: 'person',
        keypoints: COCO_JOINTS,
        skeleton: COCO_SKELETON.map((pair) => pair.map((joint) => joint + 1)),
      },
    ],
  };
  await writeWhole(annotationPath(root, split), JSON.stringify(file));
}
