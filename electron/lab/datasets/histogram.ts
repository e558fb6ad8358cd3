import type { DatasetInfo } from '../../../datasets/source.ts';
import type { ClassHistogram } from '../../ipc/dataset-browsing.ts';
import type { LabelIndex } from './label-index.ts';

/** Sums an index over its pictures. */
export function histogramOf(
  name: string,
  info: Pick<DatasetInfo, 'classes' | 'fingerprint'>,
  split: string,
  index: LabelIndex,
): ClassHistogram {
  const read = index.counts.filter((counts) => counts.length > 0);
  const pixels = sumColumns(read, info.classes.length + 1);
  const ignored = pixels[info.classes.length] as number;
  const labelled = pixels.reduce((sum, count) => sum + count, 0) - ignored;
  return {
    dataset: name,
    split,
    fingerprint: info.fingerprint,
    pictures: read.length,
    unreadable: index.counts.length - read.length,
    classes: info.classes.map(({ id, name: className, color }) => ({
      id,
      name: className,
      color,
      pixels: pixels[id] as number,
      share: shareOf(pixels[id] as number, labelled),
      pictures: read.filter((counts) => (counts[id] as number) > 0).length,
    })),
    ignoredShare: shareOf(ignored, labelled + ignored),
    sizes: sizesOf(index),
  };
}

function sumColumns(rows: readonly (readonly number[])[], columns: number): readonly number[] {
  const sums = new Array<number>(columns).fill(0);
  for (const row of rows) row.forEach((value, i) => (sums[i] = (sums[i] as number) + value));
  return sums;
}

function sizesOf({ sizes }: LabelIndex): ClassHistogram['sizes'] {
  const counts = new Map<string, { readonly height: number; readonly width: number; pictures: number }>();
  for (const [height, width] of sizes) {
    if (height === 0) continue;
    const entry = counts.get(`${height}x${width}`) ?? { height, width, pictures: 0 };
    entry.pictures += 1;
    counts.set(`${height}x${width}`, entry);
  }
  return [...counts.values()].sort((a, b) => b.pictures - a.pictures || b.height * b.width - a.height * a.width);
}

export function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
