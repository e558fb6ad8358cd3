export interface PublishedFigure {
  readonly metric: string;
  /** As a fraction. */
  readonly value: number;
  /** Data, split and protocol. */
  readonly on: string;
  readonly source: string;
}

const coco = 'COCO val2017, detected boxes (56.4 AP)';
const liteHrNet = 'HRNet/Lite-HRNet, README';
const imagenet = 'ImageNet val, 224x224';
const vitSearch = 'Liao et al., ICCV 2021 NAS workshop, table 4';
const zoo = 'tensorflow/models, research/deeplab/g3doc/model_zoo.md';

/**
 * Scores that were read in their sources (not recalled), of networks that this product builds. A published network that is not here
 * has no checked figure: it is drawn by its cost alone.
 */
export const publishedFigures: Readonly<Record<string, PublishedFigure>> = {
  'lite-hrnet:naive-18': { metric: 'AP', value: 0.628, on: coco, source: liteHrNet },
  'lite-hrnet:wider-naive-18': { metric: 'AP', value: 0.66, on: coco, source: liteHrNet },
  'lite-hrnet:18': { metric: 'AP', value: 0.648, on: coco, source: liteHrNet },
  'lite-hrnet:18-384x288': { metric: 'AP', value: 0.676, on: coco, source: liteHrNet },
  'lite-hrnet:30': { metric: 'AP', value: 0.672, on: coco, source: liteHrNet },
  'lite-hrnet:30-384x288': { metric: 'AP', value: 0.704, on: coco, source: liteHrNet },
  'vit-resnas:res-tiny': { metric: 'top-1', value: 0.801, on: imagenet, source: vitSearch },
  'vit-resnas:tiny': { metric: 'top-1', value: 0.808, on: imagenet, source: vitSearch },
  'vit-resnas:small': { metric: 'top-1', value: 0.817, on: imagenet, source: vitSearch },
  'vit-resnas:medium': { metric: 'top-1', value: 0.824, on: imagenet, source: vitSearch },
  'dpc:aspp': { metric: 'mIoU', value: 0.7397, on: 'Cityscapes val, single scale', source: 'Chen et al., NeurIPS 2018, table 1' },
  'dpc:top1-xception-71': {
    metric: 'mIoU',
    value: 0.8031,
    on: 'Cityscapes val, single scale',
    source: `${zoo}, xception71_dpc_cityscapes_trainfine`,
  },
  'dpc:aspp-xception-65': {
    metric: 'mIoU',
    value: 0.7879,
    on: 'Cityscapes val, single scale',
    source: `${zoo}, xception65_cityscapes_trainfine`,
  },
  'dpc:image-pooling': {
    metric: 'mIoU',
    value: 0.7071,
    on: 'Cityscapes val, single scale',
    source: `${zoo}, mobilenetv2_coco_cityscapes_trainfine`,
  },
};
