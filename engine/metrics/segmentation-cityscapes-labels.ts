/** What the official score needs of a label (cityscapesScripts, helpers/labels.py and evaluation/evalPixelLevelSemanticLabeling.py). */
export interface ScoredLabel {
  readonly id: number;
  readonly name: string;
  readonly category: string;
  readonly isIgnored: boolean;
  readonly hasInstances: boolean;
  /** Average instance size in px, of labels with instances. */
  readonly averageSize: number;
}

type Row = readonly [name: string, category: string, ignored: 0 | 1, averageSize?: number];

/** In the order of their ids 0..33; a label with an average size has instances. */
const ROWS: readonly Row[] = [
  ['unlabeled', 'void', 1],
  ['ego vehicle', 'void', 1],
  ['rectification border', 'void', 1],
  ['out of roi', 'void', 1],
  ['static', 'void', 1],
  ['dynamic', 'void', 1],
  ['ground', 'void', 1],
  ['road', 'flat', 0],
  ['sidewalk', 'flat', 0],
  ['parking', 'flat', 1],
  ['rail track', 'flat', 1],
  ['building', 'construction', 0],
  ['wall', 'construction', 0],
  ['fence', 'construction', 0],
  ['guard rail', 'construction', 1],
  ['bridge', 'construction', 1],
  ['tunnel', 'construction', 1],
  ['pole', 'object', 0],
  ['polegroup', 'object', 1],
  ['traffic light', 'object', 0],
  ['traffic sign', 'object', 0],
  ['vegetation', 'nature', 0],
  ['terrain', 'nature', 0],
  ['sky', 'sky', 0],
  ['person', 'human', 0, 3462.4756337644],
  ['rider', 'human', 0, 3930.4788056518],
  ['car', 'vehicle', 0, 12794.0202738185],
  ['truck', 'vehicle', 0, 27855.1264367816],
  ['bus', 'vehicle', 0, 35732.1511111111],
  ['caravan', 'vehicle', 1, 36771.8241758242],
  ['trailer', 'vehicle', 1, 16926.9763313609],
  ['train', 'vehicle', 0, 67583.7075812274],
  ['motorcycle', 'vehicle', 0, 6298.7200839748],
  ['bicycle', 'vehicle', 0, 4672.3249222261],
];

export const SCORED_LABELS: readonly ScoredLabel[] = ROWS.map(([name, category, ignored, averageSize], id) => ({
  id,
  name,
  category,
  isIgnored: ignored === 1,
  hasInstances: averageSize !== undefined,
  averageSize: averageSize ?? 0,
}));

/** Without `void`, which is never scored. */
export const SCORED_CATEGORIES: readonly string[] = [...new Set(ROWS.map(([, category]) => category))].filter(
  (category) => category !== 'void',
);
