import type { InitialDraw, WeightSpec } from '../../graph/model-graph.ts';
import { elementCount } from '../../graph/shapes.ts';

/**
 * Specification section 1.6. The official truncation lies at +-2, a hundred deviations away, so linear layers and tables are plainly normal.
 * Convolutions keep the framework's draw, for weights and biases: uniform within 1 / sqrt(fan in).
 */
const linearDraw: InitialDraw = { distribution: 'normal', scale: 0.02 };

export function withInitialDraws(specs: readonly WeightSpec[]): WeightSpec[] {
  const convolutions = new Map(
    specs.filter((spec) => spec.shape.length === 4).map((spec) => [moduleOf(spec.name), 1 / Math.sqrt(elementCount(spec.shape.slice(1)))]),
  );
  return specs.map((spec) => {
    const scale = convolutions.get(moduleOf(spec.name));
    if (scale !== undefined) return { ...spec, initial: { distribution: 'uniform', scale } };
    const isLinear = spec.kind === 'weight' && spec.shape.length === 2;
    return isLinear || spec.kind === 'other' ? { ...spec, initial: linearDraw } : spec; // else biases 0, norms 1 and 0
  });
}

/** 'patch_embed.conv_proj' of 'patch_embed.conv_proj.weight'. */
function moduleOf(name: string): string {
  return name.slice(0, name.lastIndexOf('.'));
}
