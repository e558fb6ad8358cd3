import { hash32 } from '../random.ts';

export type OfficialSplit = 'train' | 'val' | 'test';
export const OFFICIAL_SPLITS: readonly OfficialSplit[] = ['train', 'val', 'test'];

/** Cities and their images in the official fine set: 2975 / 500 / 1525. */
export const OFFICIAL_CITIES: Readonly<Record<OfficialSplit, Readonly<Record<string, number>>>> = {
  train: {
    aachen: 174,
    bochum: 96,
    bremen: 316,
    cologne: 154,
    darmstadt: 85,
    dusseldorf: 221,
    erfurt: 109,
    hamburg: 248,
    hanover: 196,
    jena: 119,
    krefeld: 99,
    monchengladbach: 94,
    strasbourg: 365,
    stuttgart: 196,
    tubingen: 144,
    ulm: 95,
    weimar: 142,
    zurich: 122,
  },
  val: { frankfurt: 267, lindau: 59, munster: 174 },
  test: { berlin: 544, bielefeld: 181, bonn: 46, leverkusen: 58, mainz: 298, munich: 398 },
};

export function officialCount(split: OfficialSplit): number {
  return Object.values(OFFICIAL_CITIES[split]).reduce((sum, count) => sum + count, 0);
}

/** The official split of a city; undefined for a city that the set does not have. */
export function officialSplitOfCity(city: string): OfficialSplit | undefined {
  return OFFICIAL_SPLITS.find((split) => Object.hasOwn(OFFICIAL_CITIES[split], city));
}

/** What is held out of train for ranking architectures. */
export interface SearchSplit<T> {
  readonly searchTrain: readonly T[];
  readonly searchVal: readonly T[];
  /** What was held out as a whole. */
  readonly unit: 'city' | 'sequence' | 'block';
}

const HELD_OUT_SHARE = 0.1;
/** A unit that would take the held-out part beyond this share is passed over while a smaller one is left. */
const LARGEST_SHARE = 0.15;
/** Up to so many cities, whole sequences are held out instead of whole cities. */
const FEW_CITIES = 3;

/**
 * Holds 10 % of train out by whole cities, since neighbouring frames are near-duplicates; with at most 3 cities by whole sequences;
 * with a single sequence the last tenth of its frames. The choice follows from the names and the seed alone.
 */
export function splitForSearch<T extends { readonly city: string; readonly sequence: string }>(
  items: readonly T[],
  seed = 0,
): SearchSplit<T> {
  const cities = new Set(items.map((item) => item.city));
  const unit = cities.size > FEW_CITIES ? 'city' : 'sequence';
  const unitOf = (item: T): string => (unit === 'city' ? item.city : `${item.city}_${item.sequence}`);
  const sizes = new Map<string, number>();
  for (const item of items) sizes.set(unitOf(item), (sizes.get(unitOf(item)) ?? 0) + 1);
  if (sizes.size < 2) {
    const heldOut = items.length < 2 ? 0 : Math.max(1, Math.round(items.length * HELD_OUT_SHARE));
    return { searchTrain: items.slice(0, items.length - heldOut), searchVal: items.slice(items.length - heldOut), unit: 'block' };
  }
  const chosen = chooseUnits(sizes, items.length, seed);
  return {
    searchTrain: items.filter((item) => !chosen.has(unitOf(item))),
    searchVal: items.filter((item) => chosen.has(unitOf(item))),
    unit,
  };
}

function chooseUnits(sizes: ReadonlyMap<string, number>, total: number, seed: number): ReadonlySet<string> {
  const order = [...sizes.keys()].sort((a, b) => hash32(`${seed}/search-val/${a}`) - hash32(`${seed}/search-val/${b}`) || (a < b ? -1 : 1));
  const chosen = new Set<string>();
  let count = 0;
  for (const name of order) {
    if (count >= HELD_OUT_SHARE * total) break;
    const size = sizes.get(name) as number;
    if (count + size > LARGEST_SHARE * total) continue;
    chosen.add(name);
    count += size;
  }
  if (chosen.size === 0) {
    const smallest = order.reduce((best, name) => ((sizes.get(name) as number) < (sizes.get(best) as number) ? name : best));
    chosen.add(smallest);
  }
  return chosen;
}
