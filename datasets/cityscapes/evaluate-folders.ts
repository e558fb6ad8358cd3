import { basename, join, resolve } from 'node:path';
import { decodeInstanceMap, decodeLabelMap } from '../decode/label-map.ts';
import { inFile, readDataFile } from '../file-errors.ts';
import { DatasetError } from '../source.ts';
import { filesUnder } from '../walk-files.ts';
import { MAX_LABEL_ID } from './labels.ts';
import { detectCityscapesRoot } from './layout.ts';
import { OFFICIAL_SPLITS, type OfficialSplit } from './splits.ts';

/** One picture to score: raw label ids, row-major. */
export interface ScoredPair {
  readonly key: string;
  readonly height: number;
  readonly width: number;
  readonly truth: Uint8Array;
  /** Undefined when there is no instanceIds file. */
  readonly instances: Uint16Array | undefined;
  readonly prediction: Uint8Array;
}

export interface PairPaths {
  readonly key: string;
  readonly truth: string;
  readonly instances: string | undefined;
  readonly prediction: string;
}

const TRUTH_NAME = /^(.+_\d+_\d+)_gtFine_labelIds\.png$/;
const PREDICTION_KEY = /^([^_]+_\d+_\d+)(?!\d).*\.png$/i;

/** The picture that a file of predictions is of, by its name; undefined when the name is none of a prediction. */
export function predictionKey(path: string): string | undefined {
  return PREDICTION_KEY.exec(basename(path))?.[1];
}

/**
 * Pairs label maps with predictions by key, as the official tool does: exactly one `{city}_{seq}_{frame}*.png` anywhere under
 * `predictionsDir` for each label map. `truthDir` is the root of the set, its gtFine folder (of both the given split is scored) or
 * any folder with labelIds files. Throws DatasetError 'metric-no-truth', 'metric-prediction-missing', 'metric-prediction-ambiguous',
 * 'metric-instances-missing' unless `instances` is 'left out', 'folder-missing', 'folder-unreadable'.
 */
export async function pairPredictions(
  truthDir: string,
  predictionsDir: string,
  split: OfficialSplit = 'val',
  instances: 'scored' | 'left out' = 'scored',
): Promise<readonly PairPaths[]> {
  const truths = await findTruths(resolve(truthDir), split);
  if (instances === 'scored') checkInstances(truths);
  const byKey = new Map<string, string[]>();
  for (const path of await filesUnder(resolve(predictionsDir), 'Cityscapes score: the predictions folder')) {
    const key = predictionKey(path);
    if (key !== undefined) byKey.set(key, [...(byKey.get(key) ?? []), path]);
  }
  const missing = truths.filter(({ key }) => !byKey.has(key));
  if (missing.length > 0) {
    throw new DatasetError(
      'metric-prediction-missing',
      `Cityscapes score: ${missing.length} of ${truths.length} label maps have no prediction under ${predictionsDir}, e.g. ${missing[0]?.truth}; expected one file ${missing[0]?.key}*.png`,
      { tip: 'Predict every picture of the split, and begin the file names with {city}_{seq}_{frame}.' },
    );
  }
  return truths.map(({ key, truth, instances: instancesPath }) => {
    const found = byKey.get(key) as string[];
    if (found.length > 1) {
      throw new DatasetError(
        'metric-prediction-ambiguous',
        `Cityscapes score: ${found.length} predictions for ${key}: ${found.slice(0, 2).join(', ')}; expected exactly one`,
        {
          tip: 'Keep one prediction for each picture under the folder.',
        },
      );
    }
    return { key, truth, instances: instances === 'scored' ? instancesPath : undefined, prediction: found[0] as string };
  });
}

/**
 * Decodes a pair and checks sizes and ids. Throws DatasetError 'pair-size-mismatch', 'label-unknown-value' and what decoding throws,
 * naming the file.
 */
export async function readScoredPair(paths: PairPaths): Promise<ScoredPair> {
  const context = `Cityscapes score, picture ${paths.key}`;
  const truth = await readIds(paths.truth, 'label map', context);
  const prediction = await readIds(paths.prediction, 'prediction', context);
  checkSize(prediction, paths.prediction, truth, paths.truth, context);
  let instances: Uint16Array | undefined;
  if (paths.instances !== undefined) {
    const bytes = await readDataFile(paths.instances, 'instance map', context);
    const map = decoded(() => decodeInstanceMap(bytes), paths.instances, 'instance map', context);
    checkSize(map, paths.instances, truth, paths.truth, context);
    instances = map.values;
  }
  return { key: paths.key, height: truth.height, width: truth.width, truth: truth.values, instances, prediction: prediction.values };
}

interface Truth {
  readonly key: string;
  readonly truth: string;
  readonly instances: string | undefined;
}

async function findTruths(dir: string, split: OfficialSplit): Promise<readonly Truth[]> {
  let from = dir;
  const own = basename(dir);
  // Inside a split or city folder just that folder is meant.
  const layout = (OFFICIAL_SPLITS as readonly string[]).includes(own) ? undefined : await detectCityscapesRoot(dir);
  if (layout?.labelsDir !== undefined) from = join(layout.labelsDir, split);
  const paths = await filesUnder(from, 'Cityscapes score: the truth folder');
  const all = new Set(paths);
  const truths = paths.flatMap((path): readonly Truth[] => {
    const key = TRUTH_NAME.exec(basename(path))?.[1];
    if (key === undefined) return [];
    const instances = path.replace(/labelIds\.png$/, 'instanceIds.png');
    return [{ key, truth: path, instances: all.has(instances) ? instances : undefined }];
  });
  if (truths.length === 0) {
    throw new DatasetError('metric-no-truth', `Cityscapes score: no label maps under ${from}; expected <city>/*_gtFine_labelIds.png`, {
      tip: 'Choose the folder that holds gtFine, or gtFine/val.',
    });
  }
  return truths;
}

/** One picture without them and there is no iIoU for the whole set: never a silent loss. */
function checkInstances(truths: readonly Truth[]): void {
  const missing = truths.filter((truth) => truth.instances === undefined);
  if (missing.length === 0) return;
  throw new DatasetError(
    'metric-instances-missing',
    `Cityscapes score: ${missing.length} of ${truths.length} label maps have no instance map beside them, e.g. ${missing[0]?.truth}; expected ${missing[0]?.key}_gtFine_instanceIds.png`,
    { tip: 'Unpack gtFine_trainvaltest.zip again, or score without iIoU: --no-instances' },
  );
}

async function readIds(path: string, role: string, context: string): Promise<ReturnType<typeof decodeLabelMap>> {
  const bytes = await readDataFile(path, role, context);
  const map = decoded(() => decodeLabelMap(bytes), path, role, context);
  const unknown = map.values.find((value) => value > MAX_LABEL_ID);
  if (unknown !== undefined) {
    throw new DatasetError(
      'label-unknown-value',
      `${context}: the ${role} ${path} holds the value ${unknown}; expected label ids 0..${MAX_LABEL_ID}`,
      {
        tip: 'Score raw label ids, not train ids.',
      },
    );
  }
  return map;
}

function decoded<T>(decode: () => T, path: string, role: string, context: string): T {
  try {
    return decode();
  } catch (error) {
    throw inFile(error, path, role, context);
  }
}

interface Sized {
  readonly width: number;
  readonly height: number;
}

function checkSize(map: Sized, path: string, truth: Sized, truthPath: string, context: string): void {
  if (map.width === truth.width && map.height === truth.height) return;
  throw new DatasetError(
    'pair-size-mismatch',
    `${context}: ${path} is ${map.height}x${map.width}, the label map ${truthPath} is ${truth.height}x${truth.width} (height x width); expected equal sizes`,
    { tip: 'Write predictions in the size of the label maps.' },
  );
}
