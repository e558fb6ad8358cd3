import { hash32 } from '../random.ts';

export type OfficialSplit = 'train' | 'val' | 'test';
export const OFFICIAL_SPLITS: readonly OfficialSplit[] = ['train', 'val', 'test'];

/** Pictures that the official files list. */
export const OFFICIAL_IMAGES: Readonly<Record<string, number>> = {
  train2017: 118_287,
  val2017: 5_000,
  test2017: 40_670,
  'test-dev2017': 20_288,
  train2014: 82_783,
  val2014: 40_504,
};

const HELD_OUT = 5_000;
/** Of a smaller set only a tenth is held out. */
const LARGE_SET = 50_000;

/**
 * Positions of the pictures that are held out of train for ranking architectures: 5,000, or a tenth of fewer than 50,000. The choice
 * follows from the ids and the seed, so that a picture stays on its side when others are added or removed, but for a few at the edge.
 */
export function heldOutForSearch(imageIds: readonly number[], seed: number): ReadonlySet<number> {
  if (imageIds.length < 2) return new Set();
  const count = imageIds.length >= LARGE_SET ? HELD_OUT : Math.max(1, Math.round(imageIds.length / 10));
  const hashes = imageIds.map((id) => hash32(`${seed}/search-val/${id}`));
  const order = Array.from(imageIds.keys()).sort((a, b) => (hashes[a] as number) - (hashes[b] as number) || a - b);
  return new Set(order.slice(0, count));
}
