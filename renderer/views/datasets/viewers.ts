import { defineAsyncComponent } from 'vue';
import type { Component } from 'vue';

/**
 * How one sample is looked at, by its kind. A viewer takes `sample`, `classes`, `left`, `right`, `opacity`, `only` and tells what is under
 * the pointer by `point`. Kinds without one are told so; their data sets bring one line here.
 */
export const viewers: Readonly<Record<string, Component>> = {
  segmentation: defineAsyncComponent(() => import('./SegmentationViewer.vue')),
};
