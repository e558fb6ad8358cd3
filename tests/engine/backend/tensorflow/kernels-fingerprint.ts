/**
 * Runs kernel-cases.ts and prints their results: `node kernels-fingerprint.ts THREADS` writes JSON, by case the
 * results' bytes in base64. A process of its own, since the number of threads and the instruction set hold for a whole process.
 */
import { kernelCases } from './kernel-cases.ts';
import { NativeOps } from './native-ops.ts';

const ops = new NativeOps(Number(process.argv[2]));
const results = kernelCases.map(({ op, inputs, attributes, outputs }, i) => {
  const bytes = ops.run(op, inputs, attributes, outputs).map(({ values: { buffer } }) => Buffer.from(buffer).toString('base64'));
  return [`${i} ${op}`, bytes] as const;
});
process.stdout.write(JSON.stringify(Object.fromEntries(results)));
