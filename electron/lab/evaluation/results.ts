import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError } from '../../../db/store.ts';
import type { CocoResult } from '../../compute/tasks/coco-result.ts';
import { writeWholeFile } from '../datasets/whole-file.ts';
import type { HomeLayout } from '../home.ts';

type ResultsByImage = ReadonlyMap<number, readonly CocoResult[]>;

/** The files that were read last, by path: a person looks at one picture after the other. */
const kept = new Map<string, Promise<ResultsByImage>>();
const keptFiles = 2;

/** Predicted persons of an evaluation, in the form in which the official tool and server take them. */
export function resultsFile(layout: HomeLayout, id: string): string {
  return join(layout.root, 'evaluations', `${id}.results.json`);
}

export async function writeResults(layout: HomeLayout, id: string, results: readonly CocoResult[]): Promise<void> {
  await writeWholeFile(resultsFile(layout, id), Buffer.from(resultsText(results)));
}

/** One person a line. */
export function resultsText(results: readonly CocoResult[]): string {
  return `[\n${results.map((result) => JSON.stringify(result)).join(',\n')}\n]\n`;
}

export async function removeResults(layout: HomeLayout, id: string): Promise<void> {
  const file = resultsFile(layout, id);
  kept.delete(file);
  await rm(file, { force: true });
}

/** Undefined where the evaluation has none; StoreError 'evaluation-files-missing' when they are damaged. */
export async function resultsByImage(layout: HomeLayout, id: string): Promise<ResultsByImage | undefined> {
  const file = resultsFile(layout, id);
  if (!existsSync(file)) return undefined;
  const known = kept.get(file);
  if (known !== undefined) return known;
  const reading = readResults(file, id);
  kept.set(file, reading);
  reading.catch(() => kept.delete(file));
  const [oldest] = kept.keys();
  if (kept.size > keptFiles && oldest !== undefined) kept.delete(oldest);
  return reading;
}

async function readResults(file: string, id: string): Promise<ResultsByImage> {
  try {
    const results = JSON.parse(await readFile(file, 'utf8')) as readonly CocoResult[];
    return Map.groupBy(results, (result) => result.image_id);
  } catch (cause) {
    throw new StoreError('evaluation-files-missing', `The predicted persons of evaluation ${id} cannot be read (${file}).`, {
      tip: 'Evaluate the network again.',
      cause,
    });
  }
}
