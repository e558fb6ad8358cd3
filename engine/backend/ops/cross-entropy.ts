/** Softmax cross entropy against class numbers, with ignored labels and label smoothing. */
import {
  add,
  cast,
  div,
  exp,
  greaterEqual,
  less,
  logSoftmax,
  logicalAnd,
  maximum,
  mul,
  neg,
  notEqual,
  oneHot,
  reshape,
  scalar,
  sub,
  sum,
} from '@tensorflow/tfjs';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { EngineError } from '../../error.ts';
import { differentiable } from '../tape.ts';
import { hasKernel, runKernel } from './kernel.ts';

export interface CrossEntropyOptions {
  /** Positions with this label do not count. */
  readonly ignoreLabel?: number;
  /** Share of the target spread over all classes evenly (as PyTorch's `label_smoothing`); default 0. */
  readonly labelSmoothing?: number;
  /** Divide by all positions, ignored ones included, or by the others only (0 when there are none). */
  readonly reduction: 'mean-all' | 'mean-valid';
}

/** logits [n, classes], labels int32 [n] in 0..classes - 1 or the ignored one; any other label counts as ignored too. */
export function softmaxCrossEntropy(logits: Tensor2D, labels: Tensor1D, options: CrossEntropyOptions): Scalar {
  const [rows, classes] = logits.shape;
  if (logits.rank !== 2 || labels.size !== rows || labels.dtype !== 'int32') {
    throw new EngineError(
      'bad-shape',
      `softmaxCrossEntropy: logits [${logits.shape.join(', ')}] need int32 labels [${rows}]; got ${labels.dtype} [${labels.shape.join(', ')}].`,
    );
  }
  const smoothing = options.labelSmoothing ?? 0;
  const ignoreLabel = options.ignoreLabel ?? -1;
  const meanOverValid = options.reduction === 'mean-valid';
  return differentiable('softmaxCrossEntropy', [logits], () => {
    if (hasKernel('LabCrossEntropy')) {
      const attrs = { ignoreLabel, smoothing, meanOverValid };
      const [loss, perRow, weight] = runKernel<[Scalar, Tensor, Tensor]>('LabCrossEntropy', { logits, labels }, attrs);
      return {
        value: loss,
        save: [logits, labels, perRow, weight],
        gradient: (dy, [logits, labels, perRow, weight]) => [
          runKernel<Tensor>('LabCrossEntropyGradient', { dy, logits: logits!, labels: labels!, perRow: perRow!, weight: weight! }, attrs),
        ],
      };
    }
    const valid = validRows(labels, classes, ignoreLabel); // [n]
    const weight = meanOverValid ? div<Scalar>(1, maximum(sum(valid), 1)) : scalar(1 / rows);
    const logProbability = logSoftmax(logits);
    const target = mul(add(mul(oneHot(labels, classes), 1 - smoothing), smoothing / classes), reshape(valid, [rows, 1])); // [n, classes]
    return {
      value: mul<Scalar>(neg(sum(mul(target, logProbability))), weight),
      save: [logProbability, target, valid, weight],
      gradient: (dy, [logProbability, target, valid, weight]) => {
        const probability = mul(exp(logProbability!), reshape(valid!, [rows, 1]));
        return [mul(sub(probability, target!), mul(dy, weight!))];
      },
    };
  });
}

/** 1 where the label counts, else 0. */
function validRows(labels: Tensor1D, classes: number, ignoreLabel: number): Tensor {
  const inRange = logicalAnd(greaterEqual(labels, 0), less(labels, classes));
  return cast(logicalAnd(inRange, notEqual(labels, ignoreLabel)), 'float32');
}
