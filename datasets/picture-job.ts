import { readFile } from 'node:fs/promises';
import { datasetKind } from './catalog.ts';
import { asSegmentation } from './assemble-batch.ts';
import { decodeLabelMap } from './decode/label-map.ts';
import { encodePng } from './decode/png-encode.ts';
import { blend, classLayer, errorLayer, layerSize, resizeLabels } from './picture-layers.ts';
import type { LabelPicture } from './picture-layers.ts';
import { pngOfRgb, scaledRgb } from './picture-output.ts';
import { isKeypointsItem } from './keypoints-source.ts';
import { renderKeypointsLayer } from './keypoints-layer.ts';
import type { PredictedPerson } from './render-keypoints.ts';
import { DatasetError, type ClassInfo, type ItemRef, type SegmentationSample } from './source.ts';

/**
 * What can be drawn of a sample: the picture; its labels or a prediction in class colours (of key points: skeletons); labels over the picture; where
 * the prediction is wrong; and the bare ids, for whoever asks what stands under the pointer.
 */
export const pictureLayers = ['image', 'labels', 'overlay', 'prediction', 'errors', 'ids', 'prediction-ids'] as const;
export type PictureLayer = (typeof pictureLayers)[number];

/** Work on one sample; plain data, so that it runs in any thread. */
export type PictureJob = RenderJob | CountJob;

export interface RenderJob {
  readonly type: 'render';
  readonly ref: ItemRef;
  readonly layer: PictureLayer;
  readonly classes: readonly ClassInfo[];
  /** At most so many pixels wide. */
  readonly width?: number;
  /** Of the labels in 'overlay', 0..1. */
  readonly opacity?: number;
  /** PNG of train ids in the picture's size; needed by 'prediction', 'prediction-ids' and 'errors'. */
  readonly predictionFile?: string;
  /** 'errors' of this class alone. */
  readonly only?: number;
  /** Of key points: needed by 'prediction'. */
  readonly persons?: readonly PredictedPerson[];
}

export interface CountJob {
  readonly type: 'count';
  readonly ref: ItemRef;
}

/** Pixels by train id. */
export interface LabelCounts {
  readonly height: number;
  readonly width: number;
  /** [256] */
  readonly counts: Uint32Array;
}

export type PictureResult = { readonly png: Uint8Array } | { readonly counted: LabelCounts };

const defaultOpacity = 0.6;

/** Throws what reading the sample throws; 'no-labels' and 'no-prediction' where a layer needs them. */
export async function runPictureJob(job: PictureJob): Promise<PictureResult> {
  return job.type === 'count' ? { counted: await count(job) } : { png: await render(job) };
}

async function count({ ref }: CountJob): Promise<LabelCounts> {
  const { height, width, labels } = await labelPictureOf(ref);
  const counts = new Uint32Array(256);
  for (let i = 0; i < labels.length; i++) counts[labels[i] as number] = (counts[labels[i] as number] as number) + 1;
  return { height, width, counts };
}

async function render(job: RenderJob): Promise<Uint8Array> {
  const { layer, ref, classes, width } = job;
  if (isKeypointsItem(ref)) return renderKeypointsLayer(ref, layer, job);
  switch (layer) {
    case 'image': {
      const sample = await read(ref);
      return pngOfRgb(await scaledRgb(sample, width), layerSize(sample, width));
    }
    case 'overlay': {
      const sample = await read(ref);
      const size = layerSize(sample, width);
      const rgb = await scaledRgb(sample, width);
      if (sample.labels.length > 0) blend(rgb, classLayer(resizeLabels(sample, size), classes), job.opacity ?? defaultOpacity);
      return pngOfRgb(rgb, size);
    }
    case 'labels':
      return pngOfClasses(scaled(await labelsOf(ref), width), classes);
    case 'prediction':
      return pngOfClasses(scaled(await predictionOf(job), width), classes);
    case 'ids':
      return pngOfIds(scaled(await labelsOf(ref), width));
    case 'prediction-ids':
      return pngOfIds(scaled(await predictionOf(job), width));
    case 'errors': {
      const truth = scaled(await labelsOf(ref), width);
      const prediction = resizeLabels(await predictionOf(job), truth);
      return encodePng({ ...sizeOf(truth), channels: 4, data: errorLayer(truth, prediction, job.only) });
    }
  }
}

async function read(ref: ItemRef): Promise<SegmentationSample> {
  return asSegmentation(await datasetKind(ref.kind).readItem(ref));
}

async function labelsOf(ref: ItemRef): Promise<LabelPicture> {
  const picture = await labelPictureOf(ref);
  if (picture.labels.length > 0) return picture;
  throw new DatasetError('no-labels', `picture ${ref.key} has no labels; its split is not labelled`);
}

/** Throws DatasetError 'no-labels' where labels are no pictures. */
async function labelPictureOf(ref: ItemRef): Promise<LabelPicture> {
  const { title, readLabels } = datasetKind(ref.kind);
  if (readLabels !== undefined) return readLabels(ref);
  throw new DatasetError('no-labels', `picture ${ref.key}: the labels of ${title} are no pictures`);
}

async function predictionOf({ ref, predictionFile }: RenderJob): Promise<LabelPicture> {
  if (predictionFile === undefined) throw new DatasetError('no-prediction', `picture ${ref.key}: no prediction was named`);
  const { height, width, values } = decodeLabelMap(await readFile(predictionFile));
  return { height, width, labels: values };
}

const sizeOf = ({ height, width }: LabelPicture): { readonly height: number; readonly width: number } => ({ height, width });

function scaled(picture: LabelPicture, width: number | undefined): LabelPicture {
  return resizeLabels(picture, layerSize(picture, width));
}

function pngOfClasses(picture: LabelPicture, classes: readonly ClassInfo[]): Uint8Array {
  return encodePng({ ...sizeOf(picture), channels: 4, data: classLayer(picture, classes) });
}

function pngOfIds(picture: LabelPicture): Uint8Array {
  return encodePng({ ...sizeOf(picture), channels: 1, data: picture.labels });
}
