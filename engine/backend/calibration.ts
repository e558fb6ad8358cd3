/** The fixed small training step by which backends are compared. */
import { createSmallNetwork } from './small-network.ts';
import { valueAndGradients } from './tape.ts';

const rounds = 5;

/** Best of several, in milliseconds, after one step to warm up. */
export async function calibrationStepMs(): Promise<number> {
  const network = createSmallNetwork(2, 24, 16);
  const step = async (): Promise<void> => {
    const { value, grads } = valueAndGradients(network.loss, network.variables);
    try {
      // A GPU is behind what was asked of it until the last of the gradients is there.
      await Promise.all([value, ...grads].map((tensor) => tensor.data()));
    } finally {
      [value, ...grads].forEach((tensor) => tensor.dispose());
    }
  };
  try {
    await step();
    let best = Infinity;
    for (let i = 0; i < rounds; i++) {
      const start = performance.now();
      await step();
      best = Math.min(best, performance.now() - start);
    }
    return best;
  } finally {
    network.dispose();
  }
}
