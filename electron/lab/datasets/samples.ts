import { relative } from 'node:path';
import { datasetKind } from '../../../datasets/catalog.ts';
import { probeSample } from '../../../datasets/probe-picture.ts';
import type { KeypointsItemRef } from '../../../datasets/keypoints-source.ts';
import type { DatasetSource, ItemRef } from '../../../datasets/source.ts';
import { DatasetError } from '../../../datasets/source.ts';
import type { SampleDetail, SamplePage, SamplePersons, SampleQuery, SampleRef, SampleTile } from '../../ipc/dataset-browsing.ts';
import { shareOf } from './histogram.ts';
import { problemOf } from './label-index.ts';
import { shortFingerprint } from './tools.ts';
import type { DatasetTools } from './tools.ts';

const defaultLimit = 60;
const ignored = 255;

/** Mean IoU of single pictures by key, where an evaluation knows it. */
export type IouByKey = ReadonlyMap<string, number | null>;

/** One page of a split, its places in the wanted order. `ious` are those of the evaluation that the query names. */
export async function querySamples(tools: DatasetTools, query: SampleQuery, ious: IouByKey | undefined): Promise<SamplePage> {
  const { dataset, split, classId, filter, sort = 'index', offset = 0, limit = defaultLimit } = query;
  const source = await tools.open(dataset);
  const keyOf = (index: number): string => source.key(split, index);
  const wanted = filter?.trim().toLowerCase() ?? '';
  let indices = Array.from({ length: source.size(split) }, (_, index) => index);
  if (wanted !== '') indices = indices.filter((index) => keyOf(index).toLowerCase().includes(wanted));
  const pixels = classId === undefined ? undefined : await pixelsOfClass(tools, query, source, classId);
  if (pixels !== undefined) indices = indices.filter((index) => (pixels[index] ?? 0) > 0);
  if (sort !== 'index' && ious !== undefined) indices = sortedByIou(indices, keyOf, ious, sort);
  const page = indices.slice(offset, offset + limit);
  return {
    total: indices.length,
    samples: await Promise.all(
      page.map(async (index) => ({
        ...(await tileOf(source, { dataset, split, index }, ious)),
        ...(pixels === undefined ? {} : { pixels: pixels[index] ?? 0 }),
      })),
    ),
  };
}

async function pixelsOfClass(
  tools: DatasetTools,
  { dataset, split }: SampleQuery,
  source: DatasetSource,
  classId: number,
): Promise<readonly number[]> {
  checkClass(source, classId);
  const { counts } = await tools.labelIndex(dataset, source, split);
  return counts.map((own) => own[classId] ?? 0);
}

export function checkClass({ info }: DatasetSource, classId: number): void {
  if (info.classes.some(({ id }) => id === classId)) return;
  throw new DatasetError('unknown-class', `The data set has no class ${classId}; it has 0 to ${info.classes.length - 1}.`);
}

function sortedByIou(indices: readonly number[], keyOf: (index: number) => string, ious: IouByKey, sort: 'worst' | 'best'): number[] {
  const sign = sort === 'worst' ? 1 : -1;
  const valueOf = (index: number): number => ious.get(keyOf(index)) ?? Infinity * sign;
  return indices.toSorted((a, b) => sign * (valueOf(a) - valueOf(b)) || a - b);
}

/** What is shown of a sample without decoding it. */
export async function tileOf(source: DatasetSource, { dataset, split, index }: SampleRef, ious?: IouByKey): Promise<SampleTile> {
  const key = source.key(split, index);
  const ref = source.itemRef?.(split, index);
  const files = ref === undefined ? [] : datasetKind(ref.kind).files(ref);
  const iou = ious?.get(key);
  return {
    index,
    key,
    kind: source.info.task,
    media: mediaAddress(source, dataset, split, index),
    // Persons stand in the annotations of their split, label pictures beside the picture.
    hasLabels: source.info.task === 'keypoints' ? split !== 'test' : files.length > 1,
    ...(await probeSample(files)),
    ...(iou === undefined ? {} : { iou }),
  };
}

/** Names the content too: pages keep pictures for a while, and another content under the same name has other pictures. */
function mediaAddress({ info }: DatasetSource, dataset: string, split: string, index: number): string {
  return `/media/${encodeURIComponent(dataset)}/${shortFingerprint(info.fingerprint)}/${encodeURIComponent(split)}/${index}/`;
}

/** A sample as decoding shows it. */
export async function describeSample(tools: DatasetTools, ref: SampleRef): Promise<SampleDetail> {
  const { dataset, split, index } = ref;
  const source = await tools.open(dataset);
  if (index >= source.size(split)) {
    throw new DatasetError('unknown-sample', `${split} of '${dataset}' has samples 0 to ${source.size(split) - 1}, not ${index}.`);
  }
  const item = source.itemRef?.(split, index);
  const tile = await tileOf(source, ref);
  const base = { ...tile, split, files: item === undefined ? [] : filesOf(source, item), classes: [] };
  if (item === undefined || tile.problem !== undefined) return base;
  try {
    const contents = isKeypointsItem(source, item) ? { persons: personsIn(source, item) } : await classesIn(tools, source, item);
    await tools.threads.run({ type: 'render', ref: item, layer: 'image', width: 16, classes: source.info.classes });
    return { ...base, ...contents };
  } catch (error) {
    return { ...base, problem: problemOf(error) };
  }
}

function isKeypointsItem({ info }: DatasetSource, item: ItemRef): item is KeypointsItemRef {
  return info.task === 'keypoints' && 'persons' in item;
}

/** The labelled persons of a picture; predicted ones are added by whoever knows the evaluations. */
function personsIn({ info }: DatasetSource, { persons }: KeypointsItemRef): SamplePersons {
  return {
    joints: datasetKind(info.kind).joints ?? [],
    truth: persons.map(({ box, keypoints, isCrowd }) => ({ box, keypoints, isCrowd, isPredicted: false })),
    predictions: [],
  };
}

function filesOf({ info }: DatasetSource, item: ItemRef): SampleDetail['files'] {
  return datasetKind(item.kind)
    .files(item)
    .map(({ role, path }) => ({ role, path: relative(info.root, path).replaceAll('\\', '/') }));
}

async function classesIn(
  tools: DatasetTools,
  { info }: DatasetSource,
  item: ItemRef,
): Promise<Pick<SampleDetail, 'classes' | 'ignoredShare'>> {
  const result = await tools.threads.run({ type: 'count', ref: item });
  if (!('counted' in result) || result.counted.height === 0) return { classes: [] };
  const { counts } = result.counted;
  const all = counts.reduce((sum, count) => sum + count, 0);
  const labelled = all - (counts[ignored] ?? 0);
  return {
    classes: info.classes
      .map(({ id, name }) => ({ id, name, pixels: counts[id] ?? 0, share: shareOf(counts[id] ?? 0, labelled) }))
      .filter(({ pixels }) => pixels > 0)
      .sort((a, b) => b.pixels - a.pixels),
    ignoredShare: shareOf(counts[ignored] ?? 0, all),
  };
}
