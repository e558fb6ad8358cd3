import type { ClassInfo } from '../source.ts';

/** Ignored in training and in scores; never a class. */
export const IGNORE_TRAIN_ID = 255;

export interface CityscapesLabel {
  readonly id: number;
  readonly name: string;
  readonly trainId: number;
  readonly category: string;
  readonly hasInstances: boolean;
  readonly isIgnored: boolean;
  readonly color: readonly [number, number, number];
}

type Row = readonly [
  id: number,
  name: string,
  trainId: number,
  category: string,
  instances: 0 | 1,
  ignored: 0 | 1,
  color: readonly [number, number, number],
];

/** The official table (cityscapesScripts, helpers/labels.py). Id -1 exists only in polygon files. */
const ROWS: readonly Row[] = [
  [0, 'unlabeled', 255, 'void', 0, 1, [0, 0, 0]],
  [1, 'ego vehicle', 255, 'void', 0, 1, [0, 0, 0]],
  [2, 'rectification border', 255, 'void', 0, 1, [0, 0, 0]],
  [3, 'out of roi', 255, 'void', 0, 1, [0, 0, 0]],
  [4, 'static', 255, 'void', 0, 1, [0, 0, 0]],
  [5, 'dynamic', 255, 'void', 0, 1, [111, 74, 0]],
  [6, 'ground', 255, 'void', 0, 1, [81, 0, 81]],
  [7, 'road', 0, 'flat', 0, 0, [128, 64, 128]],
  [8, 'sidewalk', 1, 'flat', 0, 0, [244, 35, 232]],
  [9, 'parking', 255, 'flat', 0, 1, [250, 170, 160]],
  [10, 'rail track', 255, 'flat', 0, 1, [230, 150, 140]],
  [11, 'building', 2, 'construction', 0, 0, [70, 70, 70]],
  [12, 'wall', 3, 'construction', 0, 0, [102, 102, 156]],
  [13, 'fence', 4, 'construction', 0, 0, [190, 153, 153]],
  [14, 'guard rail', 255, 'construction', 0, 1, [180, 165, 180]],
  [15, 'bridge', 255, 'construction', 0, 1, [150, 100, 100]],
  [16, 'tunnel', 255, 'construction', 0, 1, [150, 120, 90]],
  [17, 'pole', 5, 'object', 0, 0, [153, 153, 153]],
  [18, 'polegroup', 255, 'object', 0, 1, [153, 153, 153]],
  [19, 'traffic light', 6, 'object', 0, 0, [250, 170, 30]],
  [20, 'traffic sign', 7, 'object', 0, 0, [220, 220, 0]],
  [21, 'vegetation', 8, 'nature', 0, 0, [107, 142, 35]],
  [22, 'terrain', 9, 'nature', 0, 0, [152, 251, 152]],
  [23, 'sky', 10, 'sky', 0, 0, [70, 130, 180]],
  [24, 'person', 11, 'human', 1, 0, [220, 20, 60]],
  [25, 'rider', 12, 'human', 1, 0, [255, 0, 0]],
  [26, 'car', 13, 'vehicle', 1, 0, [0, 0, 142]],
  [27, 'truck', 14, 'vehicle', 1, 0, [0, 0, 70]],
  [28, 'bus', 15, 'vehicle', 1, 0, [0, 60, 100]],
  [29, 'caravan', 255, 'vehicle', 1, 1, [0, 0, 90]],
  [30, 'trailer', 255, 'vehicle', 1, 1, [0, 0, 110]],
  [31, 'train', 16, 'vehicle', 1, 0, [0, 80, 100]],
  [32, 'motorcycle', 17, 'vehicle', 1, 0, [0, 0, 230]],
  [33, 'bicycle', 18, 'vehicle', 1, 0, [119, 11, 32]],
  [-1, 'license plate', -1, 'vehicle', 0, 1, [0, 0, 142]],
];

export const CITYSCAPES_LABELS: readonly CityscapesLabel[] = ROWS.map(([id, name, trainId, category, instances, ignored, color]) => ({
  id,
  name,
  trainId,
  category,
  hasInstances: instances === 1,
  isIgnored: ignored === 1,
  color,
}));

/** Largest id that a label file may hold. */
export const MAX_LABEL_ID = 33;

const UNKNOWN = 254;

/** Raw id -> train id for all 256 byte values; UNKNOWN marks ids that no label has. */
const TRAIN_IDS: Uint8Array = (() => {
  const table = new Uint8Array(256).fill(UNKNOWN);
  for (const label of CITYSCAPES_LABELS) if (label.id >= 0) table[label.id] = label.trainId;
  return table;
})();

/**
 * Raw label ids to train ids (19 classes, 255 = ignored), in place.
 * Returns the first value that is no label id, or undefined when all are.
 */
export function mapToTrainIds(values: Uint8Array): number | undefined {
  for (let i = 0; i < values.length; i++) {
    const raw = values[i] as number;
    const trainId = TRAIN_IDS[raw] as number;
    if (trainId === UNKNOWN) return raw;
    values[i] = trainId;
  }
  return undefined;
}

/** The raw id of each of the 19 train ids, in order. */
export const RAW_ID_OF_TRAIN_ID: readonly number[] = CITYSCAPES_LABELS.filter((label) => label.trainId >= 0 && label.trainId < 19).map(
  (label) => label.id,
);

/** The 19 evaluated classes in the order of their train ids. */
export const CITYSCAPES_CLASSES: readonly ClassInfo[] = RAW_ID_OF_TRAIN_ID.map((rawId, id) => {
  const label = labelOfId(rawId);
  return { id, name: label.name, color: label.color, rawIds: [rawId] };
});

const BY_NAME: ReadonlyMap<string, CityscapesLabel> = new Map(CITYSCAPES_LABELS.map((label) => [label.name, label]));

/** The label of a polygon's name; undefined when the table has none. */
export function labelOfName(name: string): CityscapesLabel | undefined {
  return BY_NAME.get(name);
}

/** The label of an id 0..33 or -1. Throws RangeError for any other. */
export function labelOfId(id: number): CityscapesLabel {
  const label = CITYSCAPES_LABELS.find((candidate) => candidate.id === id);
  if (label === undefined) throw new RangeError(`no Cityscapes label has id ${id}`);
  return label;
}
