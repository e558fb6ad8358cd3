/**
 * A process of its own for tests, since the Vulkan loader and its driver are chosen by the environment that a process starts with. It opens
 * `webgpu` and prints one line of JSON an answer.
 */
import { backend } from '@tensorflow/tfjs';
import { openBackend } from '../../../../engine/backend/backend.ts';
import { describeBackend } from '../../../../engine/backend/descriptions.ts';
import { numericFingerprint } from '../../../../engine/backend/fingerprint.ts';
import type { LibraryBackend } from '../../../../engine/backend/webgpu/library.ts';
import { openWebgpu, webgpuInfo } from '../../../../engine/backend/webgpu/open.ts';
import * as tf from '../../../../engine/backend/tf.ts';
import { EngineError } from '../../../../engine/error.ts';
import { readKernelCase } from '../../../conformance/kernel.ts';
import { webgpuCases } from './cases.ts';

const freeBytes = 2 ** 20;

function say(name: string, value: unknown): void {
  process.stdout.write(`${JSON.stringify({ name, value })}\n`);
}

/** Code and message of what `f` throws. */
async function failureOf(f: () => unknown): Promise<unknown> {
  try {
    await f();
    return 'nothing was thrown';
  } catch (error) {
    return error instanceof EngineError ? { code: error.code, message: error.message, tip: error.tip } : String(error);
  }
}

async function values(x: tf.Tensor): Promise<string> {
  const data = await x.data();
  x.dispose();
  return `${data.constructor.name} ${data.join(' ')}`;
}

async function sayKernels(): Promise<void> {
  for (const kernelCase of webgpuCases) {
    const before = tf.memory().numTensors;
    const { output, gradients } = await readKernelCase(kernelCase);
    say(kernelCase.title, { output: [...output], gradients: gradients.map((g) => [...g]), left: tf.memory().numTensors - before });
  }
}

/** Tensors of ever new sizes, 4 MB together at a time. */
async function sayMemory(): Promise<void> {
  let most = 0;
  for (let i = 0; i < 20; i++) {
    const y = tf.tidy(() => tf.add(tf.ones([1000, 250 + i]), 1));
    await y.data();
    y.dispose();
    await tf.tidy(() => tf.scalar(i)).data();
    most = Math.max(most, webgpuInfo()!.bytesAllocated);
  }
  say('bytes', most);
}

const before = describeBackend('webgpu');
say('description', { isAvailable: before.isAvailable, reason: before.reason });
if (before.isAvailable) {
  await openWebgpu({ freeBytes });
  say('opened', (await openBackend('webgpu')).id);
  say('adapter', webgpuInfo()!.adapter.name);
  await sayKernels();
  say('fingerprints', [await numericFingerprint(), await numericFingerprint()]);
  await sayMemory();
  say('bool as float', await values(tf.tidy(() => tf.cast(tf.greater(tf.tensor1d([1, -1, 2]), 0), 'float32'))));
  say('bool as int', await values(tf.tidy(() => tf.cast(tf.greater(tf.tensor1d([1, -1, 2]), 0), 'int32'))));
  say('int as float', await values(tf.tidy(() => tf.cast(tf.tensor1d([3, -4], 'int32'), 'float32'))));
  const computed = tf.add(tf.ones([2]), 1);
  say('read now', await failureOf(() => computed.dataSync()));
  say('too large', await failureOf(() => tf.zeros([2 ** 20, 2 ** 9]).square().data()));
  const { device } = backend() as unknown as { device: LibraryBackend['device'] & { createBuffer(descriptor: object): object } };
  device.createBuffer({ size: 4, usage: 1 | 2 }); // mapped for reading and for writing: not allowed
  say('wrong command', await failureOf(() => computed.data()));
  device.destroy();
  await device.lost;
  say('lost', await failureOf(() => computed.data()));
  say('after the loss', await failureOf(() => tf.add(computed, 1)));
} else {
  say('refused', await failureOf(() => openWebgpu()));
}
