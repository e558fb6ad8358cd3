import { readFile } from 'node:fs/promises';
import { attemptDecoding } from '../check-picture.ts';
import { decodeInstanceMap, decodeLabelMap } from '../decode/label-map.ts';
import { decodeRgb } from '../decode/rgb.ts';
import type { FindingList } from '../findings.ts';
import type { CheckOptions } from '../check-options.ts';
import { sampleEvenly } from '../sample-evenly.ts';
import { IGNORE_TRAIN_ID, mapToTrainIds, MAX_LABEL_ID } from './labels.ts';
import { logicalPath, type CityscapesItem, type FoundFile, type Inventory } from './inventory.ts';
import { parsePolygonFile } from './polygons.ts';
import { OFFICIAL_SPLITS, type OfficialSplit } from './splits.ts';

const SAMPLED_ITEMS = 200;
/** More distinct values than this, and they come from smoothing. */
const MANY_VALUES = 40;
/** So many label maps without an id above 18 are train ids: trees, sky and cars are nearly everywhere. */
const MAPS_TO_JUDGE = 20;
const LARGEST_TRAIN_ID = 18;

interface SplitTally {
  maps: number;
  onlyHidden: number;
  aboveTrainIds: number;
  /** All maps, and those without labels. */
  readonly paths: string[];
  readonly pathsWithoutLabels: string[];
}

/** Level 3: a sample of pictures is decoded and its values are looked at; level 4: all of them. */
export async function checkContents(inventory: Inventory, findings: FindingList, options: CheckOptions): Promise<void> {
  for (const split of OFFICIAL_SPLITS) {
    const items = inventory.items.filter((item) => item.split === split && item.image !== undefined);
    const share = Math.max(1, Math.round((SAMPLED_ITEMS * items.length) / Math.max(1, inventory.items.length)));
    const sample = options.level >= 4 ? items : sampleEvenly(items, share);
    const tally: SplitTally = { maps: 0, onlyHidden: 0, aboveTrainIds: 0, paths: [], pathsWithoutLabels: [] };
    for (const [i, item] of sample.entries()) {
      options.signal?.throwIfAborted();
      await checkItem(item, inventory, findings, tally, options.level >= 4);
      options.onProgress?.({ phase: `contents of ${split}`, done: i + 1, total: sample.length });
    }
    judgeSplit(split, tally, findings);
  }
}

function judgeSplit(split: OfficialSplit, tally: SplitTally, findings: FindingList): void {
  if (tally.maps === 0) return;
  if (split === 'test' && tally.onlyHidden === tally.maps) {
    findings.add('cs.test-labels', { split });
    return;
  }
  if (tally.pathsWithoutLabels.length > tally.maps / 2)
    for (const path of tally.pathsWithoutLabels) findings.add('label.all-ignore', { split, path, total: tally.maps });
  if (tally.maps >= MAPS_TO_JUDGE && tally.aboveTrainIds === 0 && tally.pathsWithoutLabels.length < tally.maps) {
    for (const path of tally.paths) findings.add('cs.labelids-are-trainids', { split, path });
  }
}

async function checkItem(
  item: CityscapesItem,
  inventory: Inventory,
  findings: FindingList,
  tally: SplitTally,
  isThorough: boolean,
): Promise<void> {
  const { split, labelIds, instanceIds, trainIds, polygons } = item;
  const decoding = { verifiesChecksums: isThorough };
  const path = (file: FoundFile): string => logicalPath(inventory.layout, file.path);
  if (item.image !== undefined) await attempt(item.image, path(item.image), split, findings, async (bytes) => decodeRgb(bytes, decoding));
  if (isThorough && instanceIds !== undefined)
    await attempt(instanceIds, path(instanceIds), split, findings, async (bytes) => decodeInstanceMap(bytes, decoding));
  if (labelIds === undefined) return;
  const labels = await attempt(labelIds, path(labelIds), split, findings, async (bytes) => decodeLabelMap(bytes, decoding));
  if (labels === undefined) return;
  const isKnown = checkValues(labels.values, path(labelIds), split, findings, tally);
  if (isKnown && trainIds !== undefined) {
    mapToTrainIds(labels.values);
    const expected = labels.values;
    const given = await attempt(trainIds, path(trainIds), split, findings, async (bytes) => decodeLabelMap(bytes, decoding));
    if (given !== undefined && (given.values.length !== expected.length || given.values.some((value, i) => value !== expected[i]))) {
      findings.add('cs.trainids-differ', { split, path: path(trainIds) });
    }
  }
  if (polygons !== undefined && polygons.bytes > 0) {
    try {
      parsePolygonFile(await readFile(polygons.path, 'utf8'));
    } catch (error) {
      findings.add('cs.poly-bad', { split, path: path(polygons), detail: error instanceof Error ? error.message : String(error) });
    }
  }
}

/** True when all values are label ids. */
function checkValues(values: Uint8Array, path: string, split: string, findings: FindingList, tally: SplitTally): boolean {
  const isSeen = new Uint8Array(256);
  for (let i = 0; i < values.length; i++) isSeen[values[i] as number] = 1;
  const seen = [...isSeen.keys()].filter((value) => isSeen[value] === 1);
  const unknown = seen.filter((value) => value > MAX_LABEL_ID);
  tally.maps += 1;
  tally.paths.push(path);
  if (unknown.length > 0) {
    tally.aboveTrainIds += 1;
    const isMapped =
      unknown.length === 1 &&
      unknown[0] === IGNORE_TRAIN_ID &&
      seen.every((value) => value <= LARGEST_TRAIN_ID || value === IGNORE_TRAIN_ID);
    if (isMapped) findings.add('cs.labelids-are-trainids', { split, path });
    else if (seen.length > MANY_VALUES) findings.add('label.antialiased', { split, path });
    else findings.add('cs.label-unknown', { split, path, detail: unknown.slice(0, 5).join(', ') });
    return false;
  }
  if (seen.some((value) => value > LARGEST_TRAIN_ID)) tally.aboveTrainIds += 1;
  if (seen.every((value) => value <= 3)) tally.onlyHidden += 1;
  const trainIds = Uint8Array.from(seen);
  mapToTrainIds(trainIds);
  if (trainIds.every((id) => id === IGNORE_TRAIN_ID)) tally.pathsWithoutLabels.push(path);
  return true;
}

function attempt<T>(
  file: FoundFile,
  name: string,
  split: string,
  findings: FindingList,
  decode: (bytes: Buffer) => Promise<T>,
): Promise<T | undefined> {
  const isKnown = (code: string): boolean => code === 'instance-8bit' && findings.has('cs.instance-8bit', split);
  return attemptDecoding({ ...file, name, split }, findings, decode, isKnown);
}
