/** In which numbers products of matrices and convolutions are computed; weights, losses and statistics are float32 always. */
export type Precision = 'float32' | 'bfloat16' | 'float16';

export const precisions: readonly Precision[] = ['float32', 'bfloat16', 'float16'];
