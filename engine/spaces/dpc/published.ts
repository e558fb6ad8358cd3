import type { Architecture, PublishedArchitecture } from '../search-space.ts';
import { importOfficial } from './notation.ts';

/** The best cell of the search on Cityscapes. */
const top1 = [
  { kernel: 3, rate: [1, 6], op: 'conv', input: -1 },
  { kernel: 3, rate: [18, 15], op: 'conv', input: 0 },
  { kernel: 3, rate: [6, 3], op: 'conv', input: 1 },
  { kernel: 3, rate: [1, 1], op: 'conv', input: 0 },
  { kernel: 3, rate: [6, 21], op: 'conv', input: 0 },
];

/** DeepLabv3's atrous spatial pyramid pooling for output stride 16, as a cell. */
const aspp = [
  { kernel: 1, op: 'conv', input: -1 },
  { kernel: 3, rate: [6, 6], op: 'conv', input: -1 },
  { kernel: 3, rate: [12, 12], op: 'conv', input: -1 },
  { kernel: 3, rate: [18, 18], op: 'conv', input: -1 },
  { grid_size: [1, 1], op: 'pyramid_pooling', input: -1 },
];

/** The image-level feature and 1x1 convolution of the released MobileNet-v2 networks. */
const imagePooling = [
  { grid_size: [1, 1], op: 'pyramid_pooling', input: -1 },
  { kernel: 1, op: 'conv', input: -1 },
];

function publish(name: string, cell: readonly unknown[], source: string, settings: Architecture['settings'] = {}): PublishedArchitecture {
  return { name: `dpc:${name}`, arch: importOfficial(cell, undefined, settings), source };
}

const ofCell = 'tensorflow/models, research/deeplab/core, dense_prediction_cell_branch5_top1_cityscapes.json';
const ofZoo = 'tensorflow/models, research/deeplab/g3doc/model_zoo.md';

/** Cells on MobileNet-v2, as the search scores them, and the released networks around them. */
export const publishedArchitectures: readonly PublishedArchitecture[] = [
  publish('top1', top1, ofCell),
  publish('aspp', aspp, 'DeepLabv3 (arXiv 1706.05587), rates of output stride 16'),
  publish('top1-xception-71', top1, `${ofZoo}, xception71_dpc_cityscapes`, { backbone: 'xception-71' }),
  publish('aspp-xception-65', aspp, `${ofZoo}, xception65_cityscapes`, { backbone: 'xception-65' }),
  publish('image-pooling', imagePooling, `${ofZoo}, mobilenetv2_coco_cityscapes`),
];
