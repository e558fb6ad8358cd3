/**
 * The cell of DPC (Chen et al., NeurIPS 2018, section 4.1): branches that each apply one operation to the features F or to the output of an
 * earlier branch; all outputs are concatenated.
 */

/** A height and a width. */
export type Pair = readonly [height: number, width: number];

export type DpcOperation =
  /** 1x1 convolution. */
  | { readonly kind: 'conv' }
  /** 3x3 atrous separable convolution; the rate is that of output stride 16. */
  | { readonly kind: 'atrous'; readonly rate: Pair }
  /** Average spatial pyramid pooling. */
  | { readonly kind: 'pool'; readonly grid: Pair };

export interface DpcBranch {
  readonly operation: DpcOperation;
  /** `features` (F), or the number of an earlier branch, from 0. */
  readonly input: number;
}

export type DpcCell = readonly DpcBranch[];

/** The input of a branch that reads F, as in the official notation. */
export const features = -1;

/** Rates and grids of the space, each for height and width on its own. */
export const rates = [1, 3, 6, 9, 12, 15, 18, 21] as const;
export const grids = [1, 2, 4, 8] as const;

/** The 81 operations of the space: 1x1; the 64 atrous ones; the 16 poolings; the height changes slowest. Their order is part of the encoding. */
export const operations: readonly DpcOperation[] = [
  { kind: 'conv' },
  ...pairs(rates).map((rate): DpcOperation => ({ kind: 'atrous', rate })),
  ...pairs(grids).map((grid): DpcOperation => ({ kind: 'pool', grid })),
];

function pairs(values: readonly number[]): Pair[] {
  return values.flatMap((height) => values.map((width): Pair => [height, width]));
}

/** 'c1', 'a18x15' (rates), 'p2x4' (grid); heights first. */
export function operationLabel(operation: DpcOperation): string {
  switch (operation.kind) {
    case 'conv':
      return 'c1';
    case 'atrous':
      return `a${operation.rate.join('x')}`;
    case 'pool':
      return `p${operation.grid.join('x')}`;
  }
}

const indexByLabel = new Map(operations.map((operation, index) => [operationLabel(operation), index]));

/** Place of an operation among `operations`; undefined when it has a rate or grid that the space does not offer. */
export function operationIndex(operation: DpcOperation): number | undefined {
  return indexByLabel.get(operationLabel(operation));
}
