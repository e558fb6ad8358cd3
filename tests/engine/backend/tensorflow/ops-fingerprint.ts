/**
 * Runs products, sums and means as the engine calls them, in sizes that TensorFlow's own ops cut by the number of threads:
 * `node ops-fingerprint.ts THREADS` writes JSON, by case a hash of the result.
 */
import { createHash } from 'node:crypto';
import { openBackend } from '../../../../engine/backend/backend.ts';
import { runKernel } from '../../../../engine/backend/ops/kernel.ts';
import * as tf from '../../../../engine/backend/tf.ts';
import type { Tensor } from '../../../../engine/backend/tf.ts';
import { randomTensor } from './native-ops.ts';

await openBackend('tensorflow', { threads: Number(process.argv[2]) });
let seed = 1;
const hashes: Record<string, string> = {};
const random = (...shape: number[]): Tensor => tf.tensor(randomTensor(shape, seed++).values, shape);
const note = (name: string, f: () => Tensor): void => {
  const bytes = Buffer.from((tf.tidy(f).dataSync() as Float32Array).buffer);
  hashes[name] = createHash('sha1').update(bytes).digest('hex');
};

for (const [rows, columns] of [
  [8192, 19],
  [65536, 3],
  [100_000, 19],
] as const) {
  const x = random(rows, columns);
  note(`column sums [${rows}, ${columns}]`, () => runKernel<Tensor>('LabColumnSums', { x }, {}));
  note(`sum [${rows}, ${columns}]`, () => tf.sum(x));
  note(`mean [${rows}, ${columns}]`, () => tf.mean(x));
  x.dispose();
}
for (const [matrices, m, k, n] of [
  [1, 64, 1000, 64],
  [2, 16, 5000, 16],
  [3, 49, 784, 64],
  [24, 49, 49, 64],
  [1, 7, 90, 30_000],
  [1, 5, 60, 6],
] as const) {
  const [a, b, turned] = [random(matrices, m, k), random(matrices, k, n), random(matrices, k, m)];
  const name = [matrices, m, k, n].join();
  note(`product ${name}`, () => tf.batchMatMul(a, b));
  note(`product ${name}, transposed`, () => tf.batchMatMul(turned, b, { transposeA: true }));
  tf.dispose([a, b, turned]);
}
process.stdout.write(JSON.stringify(hashes));
