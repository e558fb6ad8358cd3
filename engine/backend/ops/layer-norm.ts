/** Layer normalisation over the last axis. */
import { add, div, mean as meanOf, mul, reshape, rsqrt, square, sub, sum } from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { EngineError } from '../../error.ts';
import { differentiable } from '../tape.ts';
import { hasKernel, runKernel } from './kernel.ts';

/** Normalises every row of x [..., width] (biased variance), scales by gamma and shifts by beta [width]. */
export function layerNorm<T extends Tensor>(x: T, gamma: Tensor, beta: Tensor, options: { readonly epsilon: number }): T {
  const width = x.shape[x.rank - 1]!;
  if (gamma.size !== width || beta.size !== width) {
    throw new EngineError('bad-shape', `layerNorm: rows have ${width} values, gamma has ${gamma.size} and beta ${beta.size}.`);
  }
  const { epsilon } = options;
  return differentiable('layerNorm', [x, gamma, beta], () => {
    if (hasKernel('LabLayerNorm')) {
      const [y, mean, inverse] = runKernel<[T, Tensor, Tensor]>('LabLayerNorm', { x, gamma, beta }, { epsilon });
      return {
        value: y,
        save: [x, gamma, mean, inverse],
        gradient: (dy, [x, gamma, mean, inverse]) =>
          runKernel<Tensor[]>('LabLayerNormGradient', { dy, x: x!, gamma: gamma!, mean: mean!, inverse: inverse! }, {}),
      };
    }
    const centred = sub(x, meanOf(x, -1, true));
    const inverse = rsqrt(add(meanOf(square(centred), -1, true), epsilon));
    const normalised = mul(centred, inverse);
    return {
      value: add<T>(mul(normalised, gamma), beta),
      save: [normalised, inverse, gamma],
      gradient: (dy, [normalised, inverse, gamma]) => {
        const rows = (t: Tensor): Tensor => reshape(t, [-1, width]);
        const dGamma = sum(rows(mul(dy, normalised!)), 0);
        const dBeta = sum(rows(dy), 0);
        const d = mul(dy, gamma!);
        const along = div(sum(mul(d, normalised!), -1, true), width);
        const dx = mul(inverse!, sub(sub(d, div(sum(d, -1, true), width)), mul(normalised!, along)));
        return [dx, dGamma, dBeta];
      },
    };
  });
}
