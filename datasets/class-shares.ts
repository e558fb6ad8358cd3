import { sampleEvenly } from './sample-evenly.ts';
import type { DatasetSource } from './source.ts';

export interface ClassShares {
  readonly split: string;
  /** How many pictures were looked at. */
  readonly pictures: number;
  /** Share of the labelled pixels by class id; all 0 when there are none. */
  readonly shares: readonly number[];
  /** Share of all pixels that are ignored. */
  readonly ignored: number;
}

const IGNORED = 255;

/**
 * Pixels of each class in a sample of the split, evenly spaced so that the figures are always the same. Undefined for data sets that are
 * not made of labelled pictures. Throws what reading throws.
 */
export async function measureClassShares(source: DatasetSource, split: string, pictures: number): Promise<ClassShares | undefined> {
  const counts = new Float64Array(256);
  const indices = sampleEvenly(
    Array.from({ length: source.size(split) }, (_, i) => i),
    pictures,
  );
  for (const index of indices) {
    const sample = await source.read(split, index);
    if (sample.kind !== 'segmentation') return undefined;
    for (let i = 0; i < sample.labels.length; i++) {
      const label = sample.labels[i] as number;
      counts[label] = (counts[label] as number) + 1;
    }
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  const ignored = counts[IGNORED] as number;
  const shareOf = (count: number, of: number): number => (of === 0 ? 0 : count / of);
  return {
    split,
    pictures: indices.length,
    shares: source.info.classes.map(({ id }) => shareOf(counts[id] as number, total - ignored)),
    ignored: shareOf(ignored, total),
  };
}
