/** Scaled dot-product attention of one head. */
import { mul } from '@tensorflow/tfjs';
import type { Tensor3D } from '@tensorflow/tfjs';
import type { StepSeed } from '../step-number.ts';
import { dropout } from './dropout.ts';
import { batchMatMul } from './matmul.ts';
import { softmaxLastAxis } from './softmax.ts';

export interface AttentionOptions {
  /** Factor on the scores, usually 1 / sqrt(width). */
  readonly scale: number;
  /** On the attention weights. */
  readonly dropout?: { readonly rate: number; readonly seed: StepSeed };
}

/**
 * softmax(scale * q k^T) v (Vaswani et al., 2017, eq. 1): q [batch, queries, width], k [batch, tokens, width], v [batch, tokens, valueWidth]
 * -> [batch, queries, valueWidth]. Several heads are laid along the batch axis by the caller.
 */
export function scaledDotProductAttention(q: Tensor3D, k: Tensor3D, v: Tensor3D, options: AttentionOptions): Tensor3D {
  const scores = batchMatMul<Tensor3D>(mul<Tensor3D>(q, options.scale), k, { transposeB: true }); // [batch, queries, tokens]
  const weights = softmaxLastAxis(scores);
  const dropped = options.dropout ? dropout(weights, options.dropout.rate, options.dropout.seed) : weights;
  return batchMatMul(dropped, v);
}
