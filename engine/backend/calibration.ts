/** The fixed small training step by which backends are compared. */
import { createSmallNetwork } from './small-network.ts';
import { valueAndGradients } from './tape.ts';

const rounds = 5;

/** Best of several, in milliseconds, after one step to warm up. */
export function calibrationStepMs(): number {
  const network = createSmallNetwork(2, 24, 16);
  const step = (): void => {
    const { value, grads } = valueAndGradients(network.loss, network.variables);
    value.dataSync();
    [value, ...grads].forEach((tensor) => tensor.dispose());
  };
  try {
    step();
    let best = Infinity;
    for (let i = 0; i < rounds; i++) {
      const start = performance.now();
      step();
      best = Math.min(best, performance.now() - start);
    }
    return best;
  } finally {
    network.dispose();
  }
}
