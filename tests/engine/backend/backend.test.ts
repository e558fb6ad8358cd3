import { getBackend, getKernel, registerKernel, unregisterKernel } from '@tensorflow/tfjs';
import { afterEach, describe, expect, test } from 'vitest';
import { calibrate, chooseBackend, openBackend } from '../../../engine/backend/backend.ts';
import { checkBackendOptions, describeBackend, listBackends } from '../../../engine/backend/descriptions.ts';
import * as tf from '../../../engine/backend/tf.ts';
import { testableBackends } from './testable-backends.ts';

describe('backends', () => {
  test('the list names four, each with a reason when it cannot be opened', () => {
    expect(listBackends().map((backend) => backend.id)).toEqual(['tensorflow', 'webgpu', 'wasm', 'cpu']);
    for (const backend of listBackends()) expect(backend.reason === undefined).toBe(backend.isAvailable);
  });

  test.each(testableBackends)('%s opens and passes its self test', async (id) => {
    expect((await openBackend(id)).id).toBe(id);
  });

  test('an unknown name is refused with the known ones', async () => {
    await expect(openBackend('cuda')).rejects.toMatchObject({
      code: 'unknown-backend',
      message: expect.stringContaining('tensorflow, webgpu, wasm, cpu'),
    });
  });

  test.each(
    listBackends()
      .filter(({ isAvailable }) => !isAvailable)
      .map(({ id }) => id),
  )('%s: known, not to be had here, says what can be used', async (id) => {
    await expect(openBackend(id)).rejects.toMatchObject({ code: 'backend-not-available', tip: expect.stringContaining('wasm') });
  });

  test('threads on wasm are refused with what to do instead', async () => {
    expect(() => checkBackendOptions('wasm', { threads: 2 })).toThrow(
      expect.objectContaining({ code: 'threads-not-supported', tip: expect.stringContaining('--threads') }),
    );
    await expect(openBackend('wasm', { threads: 1 })).rejects.toMatchObject({ code: 'threads-not-supported' });
  });

  test.each([0, 1.5, -1])('%s threads are refused on a backend that has threads', (threads) => {
    expect(() => checkBackendOptions('tensorflow', { threads })).toThrow(expect.objectContaining({ code: 'bad-option' }));
  });

  test('open, change, and open again: tensors are made on the one that was opened last', async () => {
    for (const id of ['wasm', 'cpu', 'wasm']) {
      const backend = await openBackend(id);
      expect(backend.id).toBe(id);
      expect(backend.describe()).toBe(describeBackend(id));
      const before = backend.memory();
      const x = tf.ones([3, 5]);
      expect(backend.memory()).toEqual({ bytes: before.bytes + 60, tensors: before.tensors + 1 });
      x.dispose();
    }
  });

  test('calibration measures the backend in use and refuses another', async () => {
    const wasm = await openBackend('wasm');
    const { id, stepMs } = await calibrate(wasm);
    expect(id).toBe('wasm');
    expect(stepMs).toBeGreaterThan(0);
    await openBackend('cpu');
    await expect(calibrate(wasm)).rejects.toMatchObject({ code: 'backend-not-current' });
  });

  test('the fastest is chosen, never the reference while there is another', () => {
    expect(
      chooseBackend([
        { id: 'wasm', stepMs: 9 },
        { id: 'tensorflow', stepMs: 4 },
        { id: 'cpu', stepMs: 1 },
      ]),
    ).toEqual({
      id: 'tensorflow',
      reason: '4.0 ms a calibration step, against cpu 1.0 ms, wasm 9.0 ms',
    });
    expect(chooseBackend([{ id: 'cpu', stepMs: 50 }]).id).toBe('cpu');
    expect(() => chooseBackend([])).toThrow(expect.objectContaining({ code: 'no-backend' }));
  });
});

describe('self test', () => {
  /** A kernel and which of its inputs is halved: the kind of mistake that training would hide. */
  const broken = [
    ['LabConv2d', 'x'],
    ['LabSoftmax', 'x'],
    ['LabConv2dKernelGradient', 'dy'],
    ['LabDepthwiseConv2dInputGradient', 'dy'],
    ['LabBatchNormTrainGradient', 'dy'],
  ] as const;
  let restore: (() => void) | undefined;
  afterEach(async () => {
    restore?.();
    await openBackend('cpu'); // ops remember the kernels of one backend until there is another
  });

  test.each(broken)('a wrong %s is found when the backend is opened', async (kernelName, name) => {
    await openBackend('wasm');
    const right = getKernel(kernelName, 'wasm');
    restore = () => {
      unregisterKernel(kernelName, 'wasm');
      registerKernel(right);
    };
    unregisterKernel(kernelName, 'wasm');
    const kernelFunc: typeof right.kernelFunc = (call) =>
      right.kernelFunc({ ...call, inputs: { ...call.inputs, [name]: tf.mul(0.5, call.inputs[name] as tf.Tensor) } });
    registerKernel({ ...right, kernelFunc });
    await openBackend('cpu');
    await expect(openBackend('wasm')).rejects.toMatchObject({
      code: 'backend-self-test',
      message: expect.stringContaining('failed its self test'),
    });
    expect(getBackend()).toBe('cpu');
    await expect(openBackend('wasm')).rejects.toMatchObject({ code: 'backend-self-test' });
  });
});
