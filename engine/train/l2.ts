import type { WeightSpec } from '../graph/model-graph.ts';
import { isLearned } from '../graph/model-graph.ts';

/**
 * Whether the coupled L2 penalty applies to a weight (HR-NAS spec 4.2): all matrices and convolutions, and vectors whose name
 * contains 'classifier' (the bias of the last layer); never the factors and offsets of a norm, nor what the network excepts.
 */
export function isDecayed(spec: WeightSpec): boolean {
  if (!isLearned(spec.kind) || spec.isDecayed === false) return false;
  return spec.shape.length === 2 || spec.shape.length === 4 || (spec.shape.length === 1 && spec.name.includes('classifier'));
}
