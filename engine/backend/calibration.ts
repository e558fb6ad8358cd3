/** The fixed small training step by which backends are compared. */
import type { Tensor } from '@tensorflow/tfjs';
import { createSmallNetwork } from './small-network.ts';
import type { SmallNetwork } from './small-network.ts';
import { createStep } from './steps.ts';
import type { StepMode } from './steps.ts';
import { valueAndGradients } from './tape.ts';

const rounds = 5;

/** Best of several, in milliseconds, after one step to warm up; compiled where the backend in use can. */
export async function calibrationStepMs(): Promise<number> {
  const network = createSmallNetwork(2, 24, 16);
  try {
    return (await measure(network, 'compiled')).bestMs;
  } finally {
    network.dispose();
  }
}

/**
 * From how many runs on compiling a step pays on the backend in use: what compiling the fixed small step costs, divided by what a run of it
 * saves. Undefined where it saves nothing. Both grow with a network, so that the quotient serves for larger ones.
 */
export async function compileBreakEven(): Promise<number | undefined> {
  const network = createSmallNetwork(2, 24, 16);
  try {
    const eager = await measure(network, 'eager');
    const compiled = await measure(network, 'compiled');
    const saved = eager.bestMs - compiled.bestMs;
    return saved > 0 ? Math.max(2, Math.ceil((compiled.firstMs - eager.bestMs) / saved)) : undefined;
  } finally {
    network.dispose();
  }
}

async function measure(network: SmallNetwork, mode: StepMode): Promise<{ readonly firstMs: number; readonly bestMs: number }> {
  const compute = (inputs: readonly Tensor[]): Tensor[] => {
    const { value, grads } = valueAndGradients(() => network.loss(inputs), network.variables);
    return [value, ...grads];
  };
  const step = createStep('calibration', compute, mode);
  const times: number[] = [];
  try {
    for (let i = 0; i <= rounds; i++) {
      const start = performance.now();
      const results = await step.run({ tensors: network.inputs, numbers: [], seeds: [] });
      // A GPU is behind what was asked of it until the last of the gradients is there.
      await Promise.all(results.map((tensor) => tensor.data()));
      times.push(performance.now() - start);
      results.forEach((tensor) => tensor.dispose());
    }
  } finally {
    step.dispose();
  }
  return { firstMs: times[0]!, bestMs: Math.min(...times.slice(1)) };
}
