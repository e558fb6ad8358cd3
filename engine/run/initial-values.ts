/** Initial values of weights in official layout. Every weight has a random stream of its own, from the seed and its name. */
import { isLearned, type WeightSpec } from '../graph/model-graph.ts';
import { elementCount } from '../graph/shapes.ts';
import { rngFor, type Rng } from '../rng.ts';

/**
 * What a network states about a weight comes first. Else the published searches on images (HR-NAS specification 5.4): norms 1 and 0, biases 0, running statistics 0 and 1, packed attention matrices and
 * learned tables Xavier-uniform, convolutions normal by their fan out.
 */
export function initialValues(seed: number): (spec: WeightSpec) => Float32Array {
  return (spec) => {
    const values = new Float32Array(elementCount(spec.shape));
    if (spec.initial !== undefined) {
      const { distribution, scale } = spec.initial;
      const rng = rngFor(seed, 'initial', spec.name);
      const draw = { normal: () => rng.normal(), 'truncated-normal': () => truncatedNormal(rng), uniform: () => 2 * rng.uniform() - 1 };
      return values.map(() => scale * draw[distribution]());
    }
    if (!isLearned(spec.kind) || spec.kind === 'norm_weight')
      return values.fill(spec.kind === 'running_var' || spec.kind === 'norm_weight' ? 1 : 0);
    if (spec.kind === 'bias' || spec.kind === 'norm_bias') return values;
    const draw = drawFor(spec, rngFor(seed, 'initial', spec.name));
    for (let i = 0; i < values.length; i++) values[i] = draw();
    return values;
  };
}

/** Values beyond two deviations are drawn again. */
function truncatedNormal(rng: Rng): number {
  for (;;) {
    const value = rng.normal();
    if (Math.abs(value) <= 2) return value;
  }
}

function drawFor(spec: WeightSpec, rng: Rng): () => number {
  const [out = 1, inGroup = 1, ...kernel] = spec.shape;
  const area = elementCount(kernel);
  const normal = (deviation: number) => (): number => deviation * rng.normal();
  const uniform = (bound: number) => (): number => bound * (2 * rng.uniform() - 1);
  if (spec.shape.length === 4) {
    // As many groups as input channels: the official rule counts the window alone (also for the grouped residuals that fall under it).
    return normal(Math.sqrt(2 / (inGroup === 1 ? area : out * area)));
  }
  const isXavier = spec.kind === 'other' || spec.name.endsWith('in_proj_weight');
  return uniform(isXavier ? Math.sqrt(6 / (out + inGroup)) : 1 / Math.sqrt(out));
}
