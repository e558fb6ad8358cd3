import type { AxisSlice } from './model-graph.ts';

/**
 * Where a weight of a smaller network comes from: the weight `from` of the larger one, sliced along its official axes.
 * Running statistics, optimiser slots and averages have the names of their weights, so the same moves hold for them.
 */
export interface WeightMove {
  readonly from: string;
  readonly to: string;
  readonly slices?: readonly (AxisSlice | undefined)[];
}
