/** The fixed small training step by which backends are compared. */
import type { Tensor } from '@tensorflow/tfjs';
import { createSmallNetwork } from './small-network.ts';
import type { SmallNetwork } from './small-network.ts';
import { createStep } from './steps.ts';
import type { StepMode } from './steps.ts';
import { valueAndGradients } from './tape.ts';

/** The median of so many measurements, each of as many steps as fill `measurementMs`: the smallest step takes 1 to 2 ms, which is noise. */
const measurements = 5;
const measurementMs = 40;
/** A step that takes longer is measured once. */
const slowMs = 1000;
/** Until JavaScript is compiled: without it the first calibration of a process says 2.1 ms on wasm, the fourth 1.4 ms. */
const warmUpMs = 200;

/**
 * Median of several measurements, in milliseconds a step, after steps to warm up; compiled where the backend in use can. The network is as large
 * as a small search's, so that what is measured is arithmetic and not calls: 10 ms on native TensorFlow with two threads, 19 ms on wasm, seconds on the
 * reference.
 */
export async function calibrationStepMs(): Promise<number> {
  const network = createSmallNetwork(8, 32, 64);
  try {
    return (await measure(network, 'compiled')).stepMs;
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
    const saved = eager.stepMs - compiled.stepMs;
    return saved > 0 ? Math.max(2, Math.ceil((compiled.firstMs - eager.stepMs) / saved)) : undefined;
  } finally {
    network.dispose();
  }
}

interface StepTimes {
  /** Compiling included. */
  readonly firstMs: number;
  readonly stepMs: number;
}

async function measure(network: SmallNetwork, mode: StepMode): Promise<StepTimes> {
  const compute = (inputs: readonly Tensor[]): Tensor[] => {
    const { value, grads } = valueAndGradients(() => network.loss(inputs), network.variables);
    return [value, ...grads];
  };
  const step = createStep('calibration', compute, mode);
  const msOf = async (steps: number): Promise<number> => {
    const began = performance.now();
    for (let i = 0; i < steps; i++) {
      const results = await step.run({ tensors: network.inputs, numbers: [], seeds: [] });
      // A GPU is behind what was asked of it until the last of the gradients is there.
      await Promise.all(results.map((tensor) => tensor.data()));
      results.forEach((tensor) => tensor.dispose());
    }
    return performance.now() - began;
  };
  try {
    const firstMs = await msOf(1);
    const secondMs = await msOf(1);
    if (secondMs > slowMs) return { firstMs, stepMs: secondMs };
    const stepsIn = (ms: number, stepMs: number): number => Math.max(1, Math.ceil(ms / stepMs));
    const warmUp = stepsIn(warmUpMs, secondMs);
    const steps = stepsIn(measurementMs, (await msOf(warmUp)) / warmUp);
    const times: number[] = [];
    for (let i = 0; i < measurements; i++) times.push((await msOf(steps)) / steps);
    return { firstMs, stepMs: times.sort((a, b) => a - b)[measurements >> 1]! };
  } finally {
    step.dispose();
  }
}
