import { EngineError } from '../error.ts';
import * as tf from '../backend/tf.ts';

/** The loss that a golden file describes in words, from the network's outputs. */
export function goldenLoss(description: string): (outputs: readonly tf.Tensor[]) => tf.Scalar {
  if (description.startsWith('mean cross entropy')) return ([output]) => crossEntropyOverPositions(output!);
  if (description.startsWith('mean over all elements of (y - t)^2')) return ([output]) => squaredError(output!);
  if (description.startsWith('L(class logits) + 0.5 * L(patch logits); L = mean cross entropy')) return tokenLabelling;
  throw new EngineError(
    'bad-golden-file',
    `there is no loss like '${description}'; known: mean cross entropy, alone or of class and patch logits, mean squared error.`,
  );
}

function tokenLabelling([scores, patchScores]: readonly tf.Tensor[]): tf.Scalar {
  return tf.add(crossEntropyOverPositions(scores!), tf.mul(0.5, crossEntropyOverPositions(patchScores!)));
}

/** Labels i % classes at position i; positions are images, then rows, then columns. */
function crossEntropyOverPositions(output: tf.Tensor): tf.Scalar {
  const classes = output.shape[output.rank - 1]!;
  const positions = output.size / classes;
  const labels = Int32Array.from({ length: positions }, (_, i) => i % classes);
  return tf.softmaxCrossEntropy(tf.reshape(output, [positions, classes]), tf.tensor1d(labels, 'int32'), { reduction: 'mean-all' });
}

/** Targets ((i % 7) - 3) / 10, i = flat position in NCHW order. */
function squaredError(output: tf.Tensor): tf.Scalar {
  const official = output.rank === 4 ? tf.transpose(output, [0, 3, 1, 2]) : output;
  const targets = Float32Array.from({ length: output.size }, (_, i) => ((i % 7) - 3) / 10);
  return tf.mean(tf.square(tf.sub(official, tf.tensor(targets, official.shape))));
}
