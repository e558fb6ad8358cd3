import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { PictureJob, PictureResult } from '../../../datasets/picture-job.ts';
import type { SampleProblem } from '../../../datasets/probe-picture.ts';
import { DatasetError } from '../../../datasets/source.ts';
import type { DatasetSource, ItemRef } from '../../../datasets/source.ts';
import type { JobControl } from '../jobs/jobs.ts';
import { writeWholeFile } from './whole-file.ts';

const pack = promisify(gzip);
const unpack = promisify(gunzip);
const format = 1;
const ignored = 255;

/** Pixels of every class in every picture of one split; a function of the content. */
export interface LabelIndex {
  readonly format: number;
  readonly classes: number;
  /** [height, width] of each picture; [0, 0] where it could not be read. */
  readonly sizes: readonly (readonly [number, number])[];
  /** Pixels by train id, and last the ignored ones; empty where it could not be read. */
  readonly counts: readonly (readonly number[])[];
  /** By place in the split. */
  readonly problems: Readonly<Record<number, SampleProblem>>;
}

export interface IndexedSplit {
  readonly split: string;
  /** Pictures in it. */
  readonly size: number;
  /** Folder of what belongs to this content. */
  readonly folder: string;
}

function fileOf({ folder, split }: Pick<IndexedSplit, 'folder' | 'split'>): string {
  return join(folder, `${split}.labels.json.gz`);
}

/** The kept index of a split; undefined when it was not counted yet, or by another version. */
export async function readLabelIndex(of: IndexedSplit): Promise<LabelIndex | undefined> {
  try {
    const index = JSON.parse((await unpack(await readFile(fileOf(of)))).toString('utf8')) as LabelIndex;
    return index.format === format && index.counts.length === of.size ? index : undefined;
  } catch {
    // Missing or damaged: it is counted again.
    return undefined;
  }
}

/** Reads the labels of the whole split and keeps what was counted. A picture that cannot be read is told in `problems`. Throws 'no-labels'. */
export async function countLabels(
  source: DatasetSource,
  of: IndexedSplit,
  threads: { readonly size: number; run(job: PictureJob): Promise<PictureResult> },
  { signal, progress }: JobControl,
): Promise<LabelIndex> {
  const { split, size: total } = of;
  const classes = source.info.classes.length;
  const sizes: [number, number][] = Array.from({ length: total }, () => [0, 0]);
  const counts: number[][] = Array.from({ length: total }, () => []);
  const problems: Record<number, SampleProblem> = {};
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < total; index = next++) {
      signal.throwIfAborted();
      try {
        const counted = await countOne(threads, source.itemRef?.(split, index));
        sizes[index] = [counted.height, counted.width];
        counts[index] = [...Array.from({ length: classes }, (_, id) => counted.counts[id] ?? 0), counted.counts[ignored] ?? 0];
      } catch (error) {
        if (!(error instanceof DatasetError) || error.code === 'no-labels' || error.code === 'worker-crashed') throw error;
        problems[index] = problemOf(error);
      }
      progress(++done, total, 'pictures');
    }
  };
  await Promise.all(Array.from({ length: threads.size }, work));
  const index: LabelIndex = { format, classes, sizes, counts, problems };
  await writeWholeFile(fileOf(of), await pack(JSON.stringify(index)));
  return index;
}

async function countOne(threads: { run(job: PictureJob): Promise<PictureResult> }, ref: ItemRef | undefined) {
  if (ref === undefined) throw new DatasetError('no-labels', 'samples of this kind have no label pictures that could be counted');
  const result = await threads.run({ type: 'count', ref });
  if (!('counted' in result)) throw new TypeError('a picture was drawn where its labels should have been counted');
  if (result.counted.height === 0) {
    throw new DatasetError('no-labels', `picture ${ref.key} has no labels, as its whole split`, {
      tip: 'Labels of the test split are withheld; look at train or val.',
    });
  }
  return result.counted;
}

export function problemOf(error: unknown): SampleProblem {
  const { code, message, tip } = error as { code?: unknown; message?: unknown; tip?: unknown };
  return {
    code: typeof code === 'string' ? code : 'unexpected',
    message: typeof message === 'string' ? message : String(error),
    ...(typeof tip === 'string' ? { tip } : {}),
  };
}
