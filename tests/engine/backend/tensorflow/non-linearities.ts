/** Non-linearities and their derivatives in float64, for tests. */

export { activations } from '../../../../engine/backend/ops/activation.ts';

const clamp = (x: number): number => Math.min(6, Math.max(0, x));

export function nonLinearity(kind: string, x: number): number {
  switch (kind) {
    case 'relu':
      return Math.max(0, x);
    case 'relu6':
      return clamp(x);
    case 'swish':
      return x / (1 + Math.exp(-x));
    case 'sigmoid':
      return 1 / (1 + Math.exp(-x));
    case 'hard-sigmoid':
      return clamp(x + 3) / 6;
    case 'hard-swish':
      return (x * clamp(x + 3)) / 6;
    case 'gelu':
      return x * normalCdf(x);
    case 'tanh':
      return Math.tanh(x);
    default:
      return x;
  }
}

/** By hand where a kink or rounding would spoil a difference. */
export function derivative(kind: string, x: number): number {
  switch (kind) {
    case 'relu':
      return x > 0 ? 1 : 0;
    case 'relu6':
      return x > 0 && x < 6 ? 1 : 0;
    case 'hard-sigmoid':
      return Math.abs(x) < 3 ? 1 / 6 : 0;
    case 'hard-swish':
      return Math.abs(x) < 3 ? (2 * x + 3) / 6 : x > 3 ? 1 : 0;
    case 'none':
      return 1;
    default:
      return (nonLinearity(kind, x + 1e-5) - nonLinearity(kind, x - 1e-5)) / 2e-5;
  }
}

/**
 * Of the standard normal, to about 1e-15: Marsaglia's series 1/2 + phi(x) (x + x^3/3 + x^5/15 + ...), for the tail the continued fraction.
 */
export function normalCdf(x: number): number {
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  if (Math.abs(x) > 5) {
    let fraction = 0;
    for (let k = 200; k > 0; k--) fraction = k / (Math.abs(x) + fraction);
    const tail = density / (Math.abs(x) + fraction);
    return x < 0 ? tail : 1 - tail;
  }
  let [term, sum] = [x, x];
  for (let k = 3; Math.abs(term) > 1e-18 * Math.abs(sum); k += 2) sum += term *= (x * x) / k;
  return 0.5 + density * sum;
}
