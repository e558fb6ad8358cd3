import { existsSync, readdirSync } from 'node:fs';
import { extname, join, parse, resolve } from 'node:path';
import { CITYSCAPES_CLASSES } from '../../../datasets/cityscapes/labels.ts';
import { encodeRawIds } from '../../../datasets/cityscapes/submission.ts';
import { decodeRgb } from '../../../datasets/decode/rgb.ts';
import { renderSegmentationSample } from '../../../datasets/render-sample.ts';
import { DatasetError } from '../../../datasets/source.ts';
import { eachPicture } from './each-picture.ts';
import { CliError, exitCodes } from './failure.ts';
import { readBytes, writeFileWhole } from './files.ts';
import { durationText } from './format.ts';
import { Segmenter } from './segmenter.ts';
import type { CommandResult, Session } from './session.ts';

export interface PredictFolderOptions {
  readonly weights?: string;
  readonly images: string;
  readonly overlay?: string;
  readonly labels?: string;
  readonly size?: readonly [number, number];
  readonly force?: boolean;
}

/** One picture and where its results go. */
interface Job {
  readonly picture: string;
  readonly overlay?: string;
  readonly labels?: string;
}

const pictureName = /^[^.].*\.(png|jpe?g)$/i;

/**
 * Runs a network on every picture of a folder; writes the pictures with class colours over them and label images of raw ids. A picture
 * that cannot be read is reported and the others go on (exit code 1).
 */
export async function predictFolder(session: Session, archText: string, options: PredictFolderOptions): Promise<CommandResult> {
  const jobs = planJobs(options);
  const segmenter = await Segmenter.open(session, archText, options.weights, options.size);
  const began = performance.now();
  const pictures: (Job & { readonly height: number; readonly width: number })[] = [];
  const failed: { readonly picture: string; readonly code: string; readonly message: string; readonly tip: string | null }[] = [];
  try {
    await eachPicture(session, jobs, async (job) => {
      try {
        pictures.push({ ...job, ...(await predictOne(segmenter, job)) });
      } catch (error) {
        if (!isOfPicture(error)) throw error;
        failed.push({ picture: job.picture, code: error.code, message: error.message.replace(/\.$/, ''), tip: error.tip ?? null });
      }
    });
  } finally {
    segmenter.dispose();
  }
  const seconds = (performance.now() - began) / 1000;
  const lines = [
    `${pictures.length} ${pictures.length === 1 ? 'picture' : 'pictures'} in ${durationText(seconds)}`,
    ...(options.overlay === undefined ? [] : [`overlays  ${options.overlay}`]),
    ...(options.labels === undefined ? [] : [`labels    ${options.labels}`]),
    ...failed.map(({ picture, message, tip }) => `failed    ${picture}: ${message}.${tip === null ? '' : ` ${tip}`}`),
  ];
  return {
    document: { pictures, failed, backend: segmenter.backend, seconds },
    text: lines.join('\n'),
    exit: failed.length > 0 ? exitCodes.failed : exitCodes.done,
  };
}

/** What is wrong with one picture; anything else would be wrong with the next one too. */
function isOfPicture(error: unknown): error is DatasetError | CliError {
  return (
    error instanceof DatasetError || (error instanceof CliError && /^(picture-too-large|file-missing|file-unreadable)$/.test(error.code))
  );
}

async function predictOne(
  segmenter: Segmenter,
  { picture, overlay, labels }: Job,
): Promise<{ readonly height: number; readonly width: number }> {
  const image = await decodeRgb(readBytes(picture, 'the picture'));
  const classes = await segmenter.classes(image);
  const { height, width, rgb } = image;
  const sample = { kind: 'segmentation', key: picture, height, width, rgb, labels: classes } as const;
  if (overlay !== undefined) writeFileWhole(overlay, renderSegmentationSample(sample, CITYSCAPES_CLASSES));
  if (labels !== undefined) writeFileWhole(labels, encodeRawIds(classes, height, width));
  return { height, width };
}

/** Everything that would be read and written, known before anything is computed. */
function planJobs({ images, overlay, labels, force }: PredictFolderOptions): readonly Job[] {
  if (overlay === undefined && labels === undefined) {
    throw new CliError('usage', 'predict --images needs --overlay DIR, --labels DIR or both: where to write.');
  }
  const folders = [images, overlay, labels].filter((folder) => folder !== undefined).map((folder) => resolve(folder));
  if (new Set(folders).size < folders.length) {
    throw new CliError(
      'usage',
      'predict: --images, --overlay and --labels must be different folders, since their files have the same names.',
    );
  }
  const names = pictureNames(images);
  const jobs = names.map((name): Job => {
    const result = `${parse(name).name}.png`;
    return {
      picture: join(images, name),
      ...(overlay === undefined ? {} : { overlay: join(overlay, result) }),
      ...(labels === undefined ? {} : { labels: join(labels, result) }),
    };
  });
  checkNames(names);
  if (force !== true) checkFree(jobs);
  return jobs;
}

/** Sorted, so that every run goes the same way. */
function pictureNames(images: string): readonly string[] {
  let entries;
  try {
    entries = readdirSync(images, { withFileTypes: true });
  } catch (error) {
    throw new CliError('folder-missing', `predict: ${images} is no folder that can be opened.`, {
      cause: error,
      tip: 'Name a folder with PNG or JPEG pictures.',
    });
  }
  const names = entries
    .filter((entry) => !entry.isDirectory() && pictureName.test(entry.name))
    .map((entry) => entry.name)
    .sort();
  if (names.length === 0) {
    throw new CliError(
      'no-pictures',
      `predict: there are no .png, .jpg or .jpeg files in ${images}; it holds ${entries.length} other entries.`,
      {
        tip: 'Folders inside are not searched: name the one that holds the pictures.',
      },
    );
  }
  return names;
}

/** a.png and a.jpg would both become a.png. */
function checkNames(names: readonly string[]): void {
  const byStem = Map.groupBy(names, (name) => name.slice(0, -extname(name).length).toLowerCase());
  const same = [...byStem.values()].find((group) => group.length > 1);
  if (same === undefined) return;
  throw new CliError('name-conflict', `predict: ${same.join(' and ')} would be written under one name.`, { tip: 'Rename one of them.' });
}

function checkFree(jobs: readonly Job[]): void {
  const taken = jobs.flatMap(({ overlay, labels }) => [overlay, labels]).filter((file) => file !== undefined && existsSync(file));
  if (taken.length === 0) return;
  throw new CliError('file-exists', `predict: ${taken.length} of the files to write exist already, e.g. ${taken[0]}.`, {
    tip: 'Choose another folder, or replace them with --force.',
  });
}
