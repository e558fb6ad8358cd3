import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { unknownEvaluation } from '../../../db/errors.ts';
import { StoreError } from '../../../db/store.ts';
import type { EvaluationRecord } from '../../../db/store.ts';
import type { PictureScore } from '../../compute/tasks/evaluate.ts';
import type { LabContext } from '../context.ts';
import { writeWholeFile } from '../datasets/whole-file.ts';
import type { HomeLayout } from '../home.ts';

const pack = promisify(gzip);
const unpack = promisify(gunzip);
const format = 1;

/** What an evaluation saw in every picture; a file of its own, since lists of evaluations need none of it. */
interface PicturesFile {
  readonly format: number;
  readonly pictures: readonly PictureScore[];
}

export function picturesFile(layout: HomeLayout, id: string): string {
  return join(layout.root, 'evaluations', `${id}.json.gz`);
}

export async function writePictures(layout: HomeLayout, id: string, pictures: readonly PictureScore[]): Promise<void> {
  const content: PicturesFile = { format, pictures };
  await writeWholeFile(picturesFile(layout, id), await pack(JSON.stringify(content)));
}

/** StoreError 'evaluation-files-missing' when they were deleted or are damaged. */
export async function readPictures(layout: HomeLayout, id: string): Promise<readonly PictureScore[]> {
  const file = picturesFile(layout, id);
  try {
    const content = JSON.parse((await unpack(await readFile(file))).toString('utf8')) as PicturesFile;
    if (content.format === format) return content.pictures;
    throw new Error(`its format is ${content.format}`);
  } catch (cause) {
    throw new StoreError('evaluation-files-missing', `The scores by picture of evaluation ${id} cannot be read (${file}).`, {
      tip: 'Evaluate the network again.',
      cause,
    });
  }
}

export async function removePictures(layout: HomeLayout, id: string): Promise<void> {
  await rm(picturesFile(layout, id), { force: true });
}

export function needEvaluation({ reading }: Pick<LabContext, 'reading'>, id: string): EvaluationRecord {
  const record = reading().evaluation(id);
  if (record === undefined) throw unknownEvaluation(id);
  return record;
}

/** Of each picture by its key: mean IoU, or of persons the mean OKS. */
export async function iousOf(context: LabContext, id: string): Promise<ReadonlyMap<string, number | null>> {
  needEvaluation(context, id);
  return new Map(
    (await readPictures(context.layout, id)).map((picture) => [picture.key, 'iou' in picture ? picture.iou : picture.similarity]),
  );
}
