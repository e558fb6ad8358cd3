import { readFileSync } from 'node:fs';
import type { KeypointsResult } from '../../../engine/metrics/keypoints-results.ts';
import type { KeypointsTruth } from '../../../engine/metrics/keypoints-truth.ts';

/** The objects of COCO's files, as far as scores need them. */
export interface CocoTruth {
  readonly images: readonly { readonly id: number }[];
  readonly annotations: readonly {
    readonly id: number;
    readonly image_id: number;
    readonly bbox: readonly [number, number, number, number];
    readonly area: number;
    readonly iscrowd: number;
    readonly num_keypoints: number;
    readonly keypoints: readonly number[];
  }[];
}

export type CocoResults = readonly {
  readonly image_id: number;
  readonly score: number;
  readonly keypoints: readonly number[];
  readonly bbox?: readonly number[];
}[];

export function truthOf({ images, annotations }: CocoTruth): KeypointsTruth {
  return {
    imageIds: images.map(({ id }) => id).sort((a, b) => a - b),
    persons: annotations.map((each) => ({
      id: each.id,
      imageId: each.image_id,
      box: each.bbox,
      areaPx2: each.area,
      isCrowd: each.iscrowd === 1,
      labelledJoints: each.num_keypoints,
      keypoints: each.keypoints,
    })),
  };
}

export function resultsOf(results: CocoResults): KeypointsResult[] {
  return results.map(({ image_id: imageId, score, keypoints, bbox }) => ({ imageId, score, keypoints, box: bbox }));
}

/** `NAME.annotations.json` and `NAME.results.json`. */
export function readKeypointsFiles(folder: URL, name: string): { truth: KeypointsTruth; results: KeypointsResult[] } {
  const read = (what: string): unknown => JSON.parse(readFileSync(new URL(`${name}.${what}.json`, folder), 'utf8'));
  return { truth: truthOf(read('annotations') as CocoTruth), results: resultsOf(read('results') as CocoResults) };
}
