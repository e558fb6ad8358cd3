import { join } from 'node:path';
import { StoreError } from '../../../db/store.ts';
import { pictureLayers } from '../../../datasets/picture-job.ts';
import type { PictureLayer, RenderJob } from '../../../datasets/picture-job.ts';
import { isKeypointsItem } from '../../../datasets/keypoints-source.ts';
import type { DatasetSource, ItemRef } from '../../../datasets/source.ts';
import type { LabContext } from '../context.ts';
import { datasetTools, shortFingerprint } from '../datasets/tools.ts';
import type { DatasetTools } from '../datasets/tools.ts';
import { Predictions } from '../evaluation/predictions.ts';
import { resultsByImage } from '../evaluation/results.ts';
import { FileCache } from './file-cache.ts';

/** A picture or a point cloud that a page shows by its address: /media/<path>?<query>. */
export interface MediaRequest {
  /** Below /media/, decoded, without a leading slash, one entry a segment. */
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

export interface MediaAnswer {
  /** 'image/png'. */
  readonly type: string;
  readonly body: Uint8Array;
}

/** StoreError 'unknown-media' for addresses that show nothing; what reading throws as it is. */
export type ServeMedia = (request: MediaRequest) => Promise<MediaAnswer>;

const thumbnailBytes = 256 * 1024 * 1024;
/** Pictures that are this small are kept; larger ones are drawn anew, their files would fill the cache with what is seen once. */
const keptWidth = 640;
const largestWidth = 8192;

/** What is asked for, as far as its address says. */
interface LayerRequest {
  readonly dataset: string;
  /** Fingerprint or its beginning; absent where any content will do. */
  readonly content?: string;
  readonly split: string;
  readonly index: number;
  readonly layer: PictureLayer;
  readonly width?: number;
  readonly opacity?: number;
  readonly only?: number;
  readonly evaluation?: string;
}

/**
 * Layers of samples: /media/<dataset>[/<content>]/<split>/<index>/<layer>.png?width=…&opacity=…&evaluation=…&class=…, drawn in threads; small
 * ones are kept.
 */
export function createMedia(context: LabContext): ServeMedia {
  const tools = datasetTools(context);
  const predictions = new Predictions(context);
  const thumbnails = new FileCache(() => join(tools.cacheFolder, 'thumbnails'), thumbnailBytes);
  return async (request) => {
    const wanted = parseRequest(request);
    const source = await tools.open(wanted.dataset);
    const { fingerprint } = source.info;
    if (wanted.content !== undefined && !fingerprint.startsWith(wanted.content))
      throw unknown(request, 'the data set has another content now');
    if (wanted.index >= source.size(wanted.split)) throw unknown(request, `${wanted.split} has ${source.size(wanted.split)} samples`);
    const key = isKept(wanted) ? keyOf(fingerprint, wanted) : undefined;
    const kept = key === undefined ? undefined : await thumbnails.get(key);
    if (kept !== undefined) return { type: 'image/png', body: kept };
    const body = await draw(context, tools, predictions, source, wanted, request);
    if (key !== undefined) await thumbnails.put(key, body);
    return { type: 'image/png', body };
  };
}

async function draw(
  context: LabContext,
  tools: DatasetTools,
  predictions: Predictions,
  source: DatasetSource,
  wanted: LayerRequest,
  request: MediaRequest,
): Promise<Uint8Array> {
  const ref = source.itemRef?.(wanted.split, wanted.index);
  if (ref === undefined) throw unknown(request, `samples of kind ${source.info.task} are not drawn here`);
  const needsPrediction = wanted.layer === 'prediction' || wanted.layer === 'errors' || wanted.layer === 'prediction-ids';
  if (needsPrediction && wanted.evaluation === undefined) throw unknown(request, `${wanted.layer} needs ?evaluation=ID`);
  const predicted = async (item: ItemRef, evaluation: string): Promise<Pick<RenderJob, 'persons' | 'predictionFile'>> =>
    isKeypointsItem(item)
      ? { persons: (await resultsByImage(context.layout, evaluation))?.get(item.imageId) ?? [] }
      : { predictionFile: await predictions.file(evaluation, wanted) };
  const { layer, width, opacity, only } = wanted;
  const job: RenderJob = {
    type: 'render',
    ref,
    layer,
    classes: source.info.classes,
    ...(width === undefined ? {} : { width }),
    ...(opacity === undefined ? {} : { opacity }),
    ...(only === undefined ? {} : { only }),
    ...(needsPrediction && wanted.evaluation !== undefined ? await predicted(ref, wanted.evaluation) : {}),
  };
  const result = await tools.threads.run(job);
  if (!('png' in result)) throw new TypeError('labels were counted where a picture should have been drawn');
  return result.png;
}

function isKept({ width, opacity }: LayerRequest): boolean {
  return width !== undefined && width <= keptWidth && opacity === undefined;
}

function keyOf(fingerprint: string, { split, index, layer, width, evaluation = '', only }: LayerRequest): string {
  const name = [index, layer, width, evaluation, ...(only === undefined ? [] : [`c${only}`])].join('-');
  return join(shortFingerprint(fingerprint), split, `${name}.png`);
}

function parseRequest(request: MediaRequest): LayerRequest {
  const { path, query } = request;
  const [dataset, ...rest] = path;
  const [content, split, index, file] = rest.length === 4 ? rest : [undefined, ...rest];
  const layer = /^(.+)\.png$/.exec(file ?? '')?.[1] as PictureLayer | undefined;
  if (
    dataset === undefined ||
    split === undefined ||
    layer === undefined ||
    !pictureLayers.includes(layer) ||
    !/^\d{1,9}$/.test(index ?? '')
  ) {
    throw unknown(request, `expected <dataset>/<split>/<number>/<layer>.png, a layer of ${pictureLayers.join(', ')}`);
  }
  const width = numberIn(request, 'width', 1, largestWidth, true);
  const opacity = numberIn(request, 'opacity', 0, 1, false);
  const only = numberIn(request, 'class', 0, 255, true);
  const { evaluation } = query;
  if (evaluation !== undefined && !/^ev-[0-9a-f]{4,32}$/.test(evaluation)) throw unknown(request, 'evaluation is no id of an evaluation');
  return {
    dataset,
    split,
    index: Number(index),
    layer,
    ...(content === undefined ? {} : { content }),
    ...(width === undefined ? {} : { width }),
    ...(opacity === undefined ? {} : { opacity }),
    ...(only === undefined ? {} : { only }),
    ...(evaluation === undefined ? {} : { evaluation }),
  };
}

function numberIn(request: MediaRequest, name: string, low: number, high: number, isWhole: boolean): number | undefined {
  const text = request.query[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !(value >= low && value <= high) || (isWhole && !Number.isInteger(value))) {
    throw unknown(request, `${name} must be ${isWhole ? 'a whole number ' : ''}from ${low} to ${high}, got '${text}'`);
  }
  return value;
}

function unknown({ path }: MediaRequest, reason: string): StoreError {
  return new StoreError('unknown-media', `There is nothing to show at /media/${path.join('/')}: ${reason}.`);
}
