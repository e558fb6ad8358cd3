/**
 * A process of its own for tests: opens `webgpu`, runs the kernel suite and the self test, and prints one line of JSON an answer. The Vulkan
 * loader and driver are chosen by its environment, which a process reads when it starts.
 */
import { openWebgpu, webgpuInfo } from '../../../../engine/backend/webgpu/open.ts';
import { selfTest } from '../../../../engine/backend/self-test.ts';
import * as tf from '../../../../engine/backend/tf.ts';
import { kernelCases, readKernelCase } from '../../../conformance/kernel.ts';

const say = (what: object): void => void process.stdout.write(`${JSON.stringify(what)}\n`);
const t0 = performance.now();
await openWebgpu();
say({ adapter: webgpuInfo()?.adapter.name, ms: performance.now() - t0 });
const before = tf.memory().numTensors;
for (const kernelCase of kernelCases) {
  const began = performance.now();
  try {
    const { output, gradients } = await readKernelCase(kernelCase);
    say({ title: kernelCase.title, output: [...output], gradients: gradients.map((g) => [...g]), ms: performance.now() - began });
  } catch (error) {
    say({ title: kernelCase.title, error: String(error) });
  }
}
say({ tensors: tf.memory().numTensors - before });
await selfTest('webgpu');
say({ selfTest: true, ms: performance.now() - t0 });
