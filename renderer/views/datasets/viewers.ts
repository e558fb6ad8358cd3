import { defineAsyncComponent } from 'vue';
import type { Component } from 'vue';
import type { DatasetView } from '../../../electron/ipc/contract.ts';
import type { SampleDetail, SampleTile } from '../../../electron/ipc/dataset-browsing.ts';
import type { EvaluationView } from '../../../electron/ipc/evaluations.ts';
import type { LayerChoice } from './media.ts';

/** What every viewer is given. */
export interface ViewerProps {
  readonly sample: SampleTile;
  /** Absent until it is read. */
  readonly detail?: SampleDetail | undefined;
  readonly classes: DatasetView['classes'];
  readonly left: LayerChoice;
  readonly right: LayerChoice;
  readonly opacity: number;
  readonly only?: number | undefined;
  readonly evaluations: readonly EvaluationView[];
}

/** A pixel of the picture, and how many screen pixels it has. */
export interface PicturePlace {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** What is under the pointer, by what says it. */
export type UnderPointer = readonly { readonly label: string; readonly name: string }[];

/**
 * How one sample is looked at, by its kind: a component with `ViewerProps` that tells what is under the pointer by `point`. Kinds without one are
 * told so; their data sets bring one line here.
 */
export const viewers: Readonly<Record<string, Component>> = {
  segmentation: defineAsyncComponent(() => import('./SegmentationViewer.vue')),
  keypoints: defineAsyncComponent(() => import('./KeypointsViewer.vue')),
};
