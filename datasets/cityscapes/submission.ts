import { readdir } from 'node:fs/promises';
import { encodePng } from '../decode/png-encode.ts';
import { systemErrorCode } from '../file-errors.ts';
import { DatasetError } from '../source.ts';
import { predictionKey } from './evaluate-folders.ts';
import { RAW_ID_OF_TRAIN_ID } from './labels.ts';

/** The official evaluation looks for `{city}_{seq}_{frame}*.png`, exactly one a picture, anywhere under the folder (cityscapesScripts). */
export function submissionName(key: string): string {
  return `${key}_pred_labelIds.png`;
}

/** Train ids [height, width] as the PNG that is handed in: one 8-bit channel of raw label ids. Throws RangeError for anything but 0 to 18. */
export function encodeRawIds(trainIds: Uint8Array, height: number, width: number): Buffer {
  const data = new Uint8Array(trainIds.length);
  for (let i = 0; i < trainIds.length; i++) {
    const raw = RAW_ID_OF_TRAIN_ID[trainIds[i] as number];
    if (raw === undefined) throw new RangeError(`a prediction must be one of the ${RAW_ID_OF_TRAIN_ID.length} classes, not ${trainIds[i]}`);
    data[i] = raw;
  }
  return encodePng({ width, height, channels: 1, data });
}

/**
 * Looks whether predictions of `keys` can be written into `dir` (which may be missing) so that there is exactly one a picture afterwards.
 * Throws DatasetError 'submission-not-empty' for files of these names (unless `mayReplace`) and for other predictions, and
 * 'folder-unreadable'.
 */
export async function checkSubmissionFolder(dir: string, keys: readonly string[], mayReplace: boolean): Promise<void> {
  const own = new Set(keys.map(submissionName));
  const found = (await namesBelow(dir)).filter((path) => predictionKey(path) !== undefined);
  const foreign = found.filter((path) => !own.has(path));
  if (foreign.length > 0) {
    throw notEmpty(dir, foreign, 'They would count as second predictions. Choose an empty folder, or move them away.');
  }
  if (found.length > 0 && !mayReplace) throw notEmpty(dir, found, 'Choose an empty folder, or replace them with --force.');
}

function notEmpty(dir: string, found: readonly string[], tip: string): DatasetError {
  return new DatasetError(
    'submission-not-empty',
    `Cityscapes submission: ${dir} holds ${found.length} predictions already, e.g. ${found[0]}; expected none`,
    { tip },
  );
}

/** Paths relative to `dir`; none when it does not exist. */
async function namesBelow(dir: string): Promise<readonly string[]> {
  try {
    return (await readdir(dir, { recursive: true, encoding: 'utf8' })).sort();
  } catch (cause) {
    if (systemErrorCode(cause) === 'ENOENT') return [];
    throw new DatasetError(
      'folder-unreadable',
      `Cityscapes submission: ${dir} cannot be opened (${systemErrorCode(cause) ?? String(cause)})`,
      {
        cause,
        tip: 'Choose a folder.',
      },
    );
  }
}
