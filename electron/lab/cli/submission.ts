import { statSync } from 'node:fs';
import { join } from 'node:path';
import { openDataset } from '../../../datasets/catalog.ts';
import type { OfficialSplit } from '../../../datasets/cityscapes/splits.ts';
import { checkSubmissionFolder, encodeRawIds, submissionName } from '../../../datasets/cityscapes/submission.ts';
import type { DatasetSource } from '../../../datasets/source.ts';
import type { DatasetView } from '../../ipc/contract.ts';
import { eachPicture } from './each-picture.ts';
import { CliError } from './failure.ts';
import { writeFileWhole } from './files.ts';
import { bytesText, durationText, shellWord } from './format.ts';
import { Segmenter } from './segmenter.ts';
import type { CommandResult, Session } from './session.ts';

export interface SubmissionOptions {
  readonly arch: string;
  readonly weights?: string;
  readonly data: string;
  readonly split?: OfficialSplit;
  readonly out: string;
  readonly size?: readonly [number, number];
  /** Of key points. */
  readonly boxes?: string;
  readonly force?: boolean;
}

/** Predicts a whole split of Cityscapes and writes what its official evaluation takes: one PNG of raw ids a picture, at the picture's size. */
export async function cityscapesSubmission(session: Session, options: SubmissionOptions): Promise<CommandResult> {
  const { out, split = 'test' } = options;
  checkIsFolder(out);
  const dataset = await (await session.lab()).dataset(options.data);
  if (dataset.kind !== 'cityscapes') throw new CliError('wrong-kind', `submission cityscapes: ${dataset.name} is of kind ${dataset.kind}.`);
  const source = await openDataset(dataset.root, dataset.kind);
  try {
    const indices = Array.from({ length: source.size(split) }, (_, i) => i);
    await checkSubmissionFolder(
      out,
      indices.map((i) => source.key(split, i)),
      options.force === true,
    );
    const segmenter = await Segmenter.open(session, options.arch, options.weights, options.size);
    const began = performance.now();
    let bytes = 0;
    try {
      await eachPicture(session, indices, async (index) => {
        bytes += await predictOne(segmenter, source, split, index, out);
      });
    } finally {
      segmenter.dispose();
    }
    const seconds = (performance.now() - began) / 1000;
    return {
      document: { kind: 'cityscapes', folder: out, split, files: indices.length, bytes, backend: segmenter.backend, seconds },
      text: `wrote ${indices.length} label images of ${split} to ${out}: ${bytesText(bytes)}, ${durationText(seconds)}\n${nextStep(dataset, split, out)}`,
    };
  } finally {
    await source.close();
  }
}

async function predictOne(segmenter: Segmenter, source: DatasetSource, split: string, index: number, out: string): Promise<number> {
  const sample = await source.read(split, index);
  if (sample.kind !== 'segmentation') throw new CliError('wrong-kind', `submission cityscapes: ${sample.key} is of kind ${sample.kind}.`);
  const png = encodeRawIds(await segmenter.classes(sample), sample.height, sample.width);
  writeFileWhole(join(out, submissionName(sample.key)), png);
  return png.length;
}

function checkIsFolder(out: string): void {
  const isFile = statSync(out, { throwIfNoEntry: false })?.isFile() === true;
  if (!isFile && !/\.(zip|tar|tgz|gz|png)$/i.test(out)) return;
  throw new CliError('usage', `submission: --out expects a folder, got ${out}.`, {
    tip: 'Pack the folder afterwards: cd DIR && zip -r ../results.zip .',
  });
}

/** The labels of test are not public. */
function nextStep({ root }: DatasetView, split: OfficialSplit, out: string): string {
  return split === 'test'
    ? `Pack it and hand it in: cd ${shellWord(out)} && zip -r ../results.zip .`
    : `Score it: lab metric cityscapes --truth ${shellWord(root)} --split ${split} --predictions ${shellWord(out)}`;
}
