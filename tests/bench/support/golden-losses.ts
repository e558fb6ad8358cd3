/** Losses of the golden files in a form that takes its targets as arguments, so that a compiled step does not hold them. */
import * as tf from '../../../engine/backend/tf.ts';
import type { Scalar, Tensor, Tensor1D } from '../../../engine/backend/tf.ts';

type Nhwc = readonly [number, number, number, number];
type Loss = (outputs: readonly Tensor[], targets: readonly Tensor[]) => Scalar;

/** Labels i % classes at position i: images, then rows, then columns (or tokens). One output's mean cross entropy. */
function crossEntropy(output: Tensor, labels: Tensor): Scalar {
  const classes = output.shape.at(-1)!;
  return tf.softmaxCrossEntropy(tf.reshape(output, [labels.size, classes]), labels as Tensor1D, { reduction: 'mean-all' });
}

function labelsOf(output: Tensor): Tensor {
  const classes = output.shape.at(-1)!;
  return tf.tensor1d(
    Int32Array.from({ length: output.size / classes }, (_, i) => i % classes),
    'int32',
  );
}

/** Targets ((i % 7) - 3) / 10 at position i of NCHW, as NHWC. */
function heatMapsOf(output: Tensor): Tensor {
  const [batch, height, width, channels] = output.shape as Nhwc;
  const values = Float32Array.from({ length: output.size }, (_, i) => ((i % 7) - 3) / 10);
  return tf.tidy(() => tf.transpose(tf.tensor(values, [batch, channels, height, width]), [0, 2, 3, 1]));
}

export interface GoldenLoss {
  readonly loss: Loss;
  targetsOf(outputs: readonly Tensor[]): Tensor[];
}

/** A golden file's loss by its words. */
export function lossOf(description: string): GoldenLoss {
  if (description.startsWith('mean over all elements of (y - t)^2')) {
    return {
      loss: ([y], [t]) => tf.mean(tf.square(tf.sub(y!, t!))),
      targetsOf: ([output]) => [heatMapsOf(output!)],
    };
  }
  if (description.startsWith('L(class logits) + 0.5 * L(patch logits)')) {
    return {
      loss: ([ofClass, ofPatches], [classes, patches]) =>
        tf.add(crossEntropy(ofClass!, classes!), tf.mul(0.5, crossEntropy(ofPatches!, patches!))),
      targetsOf: (outputs) => outputs.map(labelsOf),
    };
  }
  return { loss: ([output], [labels]) => crossEntropy(output!, labels!), targetsOf: ([output]) => [labelsOf(output!)] };
}
