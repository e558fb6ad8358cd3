import type { InitialDraw, WeightSpec } from '../../graph/model-graph.ts';

const convolutionDraw: InitialDraw = { distribution: 'normal', scale: 0.001 };

/**
 * The initial values of the pose networks (specification sections 3, 5.1): HRNet's for convolutions; matrices of the transformers keep the
 * Xavier-uniform draw of their module, which no rule for linear layers overrides here.
 */
export function withPoseDraws(specs: readonly WeightSpec[]): WeightSpec[] {
  return specs.map((spec) => {
    if (spec.kind !== 'weight' && spec.kind !== 'other') return spec;
    const [out = 1, fanIn = 1] = spec.shape;
    if (spec.shape.length === 4) return { ...spec, initial: convolutionDraw };
    return { ...spec, initial: { distribution: 'uniform', scale: Math.sqrt(6 / (out + fanIn)) } };
  });
}
