/** Tells machines apart that compute differently: the SIMD kernels multiply and add in one rounding or two, whichever the processor does. */
import { createHash } from 'node:crypto';
import { variable, zerosLike } from '@tensorflow/tfjs';
import type { Variable } from '@tensorflow/tfjs';
import { tidy } from './internals.ts';
import { adamCorrections, updateAdamW } from './ops/optimizers.ts';
import { createSmallNetwork } from './small-network.ts';
import { valueAndGradients } from './tape.ts';

/**
 * SHA-256, shortened to 16 hexadecimal digits, over the bits of one fixed training step on the backend in use: loss, gradients, and the weights
 * with their averages after it. Equal wherever a search comes out equal bit by bit.
 */
export async function numericFingerprint(): Promise<string> {
  const network = createSmallNetwork(2, 24, 16);
  const hash = createHash('sha256');
  const slots: Variable[] = [];
  const slot = (like: Variable): Variable => {
    const created = tidy(() => variable(zerosLike(like)));
    slots.push(created);
    return created;
  };
  try {
    const { value, grads } = valueAndGradients(() => network.loss(), network.variables);
    network.variables.forEach((weight, i) => {
      const shadow = slot(weight);
      const moments = { firstMoment: slot(weight), secondMoment: slot(weight) };
      updateAdamW(weight, grads[i]!, moments, {
        learningRate: 0.03,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-3,
        corrections: adamCorrections(0.9, 0.999, 1),
        weightDecay: 1e-2,
        ema: { shadow, decay: 0.7 },
      });
    });
    for (const tensor of [value, ...grads, ...network.variables, ...slots]) {
      const values = (await tensor.data()) as Float32Array;
      hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    }
    [value, ...grads].forEach((tensor) => tensor.dispose());
  } finally {
    slots.forEach((created) => created.dispose());
    network.dispose();
  }
  return hash.digest('hex').slice(0, 16);
}
