/** What a backend must compute rightly before it may be used: the loss of a small network, and its gradients against finite differences. */
import { tensor } from '@tensorflow/tfjs';
import type { Tensor, Variable } from '@tensorflow/tfjs';
import { tidy } from './internals.ts';
import { EngineError } from '../error.ts';
import { createSmallNetwork } from './small-network.ts';
import type { SmallNetwork } from './small-network.ts';
import { valueAndGradients } from './tape.ts';

/** What the plain JavaScript backend computes for the small network, whose weights and input follow from fixed seeds. */
const expectedLoss = 2.13927;
const lossTolerance = 1e-4;
const stepSize = 0.02;
const tolerance = 0.02;

/** Throws EngineError 'backend-self-test' with what was expected and what came. Reads asynchronously: a GPU cannot be read otherwise. */
export async function selfTest(id: string): Promise<void> {
  const network = createSmallNetwork(2, 8, 6);
  try {
    const { value, grads } = valueAndGradients(() => network.loss(), network.variables);
    const [loss, ...gradients] = await valuesOf([value, ...grads]);
    checkLoss(id, loss![0]!);
    for (const [i, variable] of network.variables.entries()) await checkAlong(id, network, variable, gradients[i]!);
  } finally {
    network.dispose();
  }
}

/** The values of tensors, which are disposed in any case. */
async function valuesOf(tensors: readonly Tensor[]): Promise<Float32Array[]> {
  try {
    return (await Promise.all(tensors.map((each) => each.data()))) as Float32Array[];
  } finally {
    tensors.forEach((each) => each.dispose());
  }
}

function checkLoss(id: string, loss: number): void {
  if (!(Math.abs(loss - expectedLoss) <= lossTolerance)) {
    throw failure(id, `the loss of the test network is ${loss}, expected ${expectedLoss}`);
  }
}

function failure(id: string, what: string): EngineError {
  return new EngineError('backend-self-test', `Backend '${id}' failed its self test: ${what}.`, {
    tip: 'Run the set-up again; if it persists, use another backend and report this message.',
  });
}

/** Compares the slope of the loss along the gradient's own direction with the gradient's length. */
async function checkAlong(id: string, network: SmallNetwork, variable: Variable, gradient: Float32Array): Promise<void> {
  const length = Math.hypot(...gradient);
  const original = (await variable.data()) as Float32Array;
  const lossAt = async (offset: number): Promise<number> => {
    const loss = tidy(() => {
      const moved = original.map((value, i) => value + (offset * gradient[i]!) / (length || 1));
      assignValues(variable, moved);
      return network.loss();
    });
    return (await valuesOf([loss]))[0]![0]!;
  };
  const slope = ((await lossAt(stepSize)) - (await lossAt(-stepSize))) / (2 * stepSize);
  assignValues(variable, original);
  if (!(Math.abs(slope - length) <= tolerance * Math.max(length, 0.05))) {
    const shape = variable.shape.join(', ');
    throw failure(
      id,
      `along the gradient of weight [${shape}] the loss rises by ${slope.toPrecision(4)}, the gradient says ${length.toPrecision(4)}`,
    );
  }
}

function assignValues(variable: Variable, values: Float32Array): void {
  tidy(() => variable.assign(tensor(values, variable.shape)));
}
