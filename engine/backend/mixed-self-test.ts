/** What mixed precision must do before it may be used: what float32 does, up to rounding, and not the very same. */
import type { Tensor } from '@tensorflow/tfjs';
import { EngineError } from '../error.ts';
import type { Precision } from './precision.ts';
import { createSmallNetwork } from './small-network.ts';
import { valueAndGradients } from './tape.ts';

/**
 * Largest difference of the loss, and of a gradient in shares of its length, from float32. On a processor the test network is off by 3.8e-3 and
 * 0.13 with bfloat16 (8 significant bits), by 2.2e-4 and 0.014 with float16 (11 bits): the gradients of depthwise kernels in front of a norm are
 * what large terms leave of each other; all others are off by a tenth of that.
 */
const allowed = {
  bfloat16: { loss: 1e-2, gradient: 0.25 },
  float16: { loss: 1e-3, gradient: 0.03 },
} as const;

/**
 * Makes the backend in use compute with `use(precision)` after comparing it with float32 on a small network. Throws EngineError
 * 'precision-self-test' with what was expected and what came; float32 is in use then. What `use` throws goes on.
 */
export async function useMixedPrecision(
  id: string,
  precision: Exclude<Precision, 'float32'>,
  use: (precision: Precision) => void,
): Promise<void> {
  use('float32');
  const right = await trainingValues();
  use(precision);
  try {
    const wrong = difference(right, await trainingValues(), allowed[precision]);
    if (wrong === undefined) return;
    throw new EngineError('precision-self-test', `Backend '${id}' failed its self test in ${precision}: ${wrong}.`, {
      tip: 'Use float32 (train.precision.id=float32), and report this message.',
    });
  } catch (error) {
    use('float32');
    throw error;
  }
}

/** The loss of the small network, then the gradients of its weights. */
async function trainingValues(): Promise<Float32Array[]> {
  const network = createSmallNetwork(2, 16, 16);
  let results: readonly Tensor[] = [];
  try {
    const { value, grads } = valueAndGradients(() => network.loss(), network.variables);
    results = [value, ...grads];
    return (await Promise.all(results.map((tensor) => tensor.data()))) as Float32Array[];
  } finally {
    results.forEach((tensor) => tensor.dispose());
    network.dispose();
  }
}

/** What is wrong with `mixed`, in words. */
function difference(
  right: readonly Float32Array[],
  mixed: readonly Float32Array[],
  most: { readonly loss: number; readonly gradient: number },
): string | undefined {
  const lossDifference = Math.abs(mixed[0]![0]! - right[0]![0]!);
  if (!(lossDifference <= most.loss)) return `the loss of the test network is ${mixed[0]![0]}, with float32 ${right[0]![0]}`;
  for (let i = 1; i < right.length; i++) {
    const share = Math.hypot(...right[i]!.map((value, k) => mixed[i]![k]! - value)) / Math.hypot(...right[i]!);
    if (!(share <= most.gradient)) {
      return `gradient ${i} of the test network differs from float32 by ${share.toPrecision(3)} of its length, ${most.gradient} is allowed`;
    }
  }
  const isSame = right.every((values, i) => values.every((value, k) => Object.is(value, mixed[i]![k]!)));
  return isSame ? 'it gives the same bits as float32, so that nothing is computed in it' : undefined;
}
