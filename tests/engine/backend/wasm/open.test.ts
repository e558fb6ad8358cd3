import { getBackend } from '@tensorflow/tfjs';
import { afterEach, expect, test } from 'vitest';
import { openBackend } from '../../../../engine/backend/backend.ts';
import * as tf from '../../../../engine/backend/tf.ts';
import { webAssembly } from '../../../../engine/backend/wasm/web-assembly.ts';

const original = { Module: webAssembly.Module, instantiate: webAssembly.instantiate, Instance: webAssembly.Instance };
afterEach(() => void Object.assign(webAssembly, original));

/** Handlers of the process for what nobody catches: the library installs some that abort. */
function handlers(): readonly unknown[] {
  return [...process.listeners('uncaughtException'), ...process.listeners('unhandledRejection')];
}

const handlersBefore = handlers();

function failing(): never {
  throw new Error('no SIMD');
}

// The order matters: the backend starts once in a process, and each failure leaves it as far as it came.
test('kernels that cannot be compiled: refused with the reason, and the backend from before stays current', async () => {
  await openBackend('cpu');
  Object.assign(webAssembly, { Module: failing });
  await expect(openBackend('wasm')).rejects.toMatchObject({ code: 'backend-failed', message: expect.stringContaining('no SIMD') });
  expect(getBackend()).toBe('cpu');
  expect(tf.tidy(() => tf.sum(tf.ones([3])).dataSync()[0])).toBe(3);
});

test('a library that does not start: refused, and the backend from before stays current', async () => {
  Object.assign(webAssembly, { instantiate: () => Promise.reject(new Error('no room')) });
  await expect(openBackend('wasm')).rejects.toMatchObject({ code: 'backend-failed' });
  expect(getBackend()).toBe('cpu');
});

test('a failure after the library started, then it opens and computes, and no handlers of uncaught errors are left behind', async () => {
  Object.assign(webAssembly, { Instance: failing });
  await expect(openBackend('wasm')).rejects.toMatchObject({ code: 'backend-failed', message: expect.stringContaining('no SIMD') });
  expect(getBackend()).toBe('cpu');
  Object.assign(webAssembly, original);
  expect((await openBackend('wasm')).id).toBe('wasm');
  expect(tf.tidy(() => Array.from(tf.activation(tf.tensor1d([-1, 2]), 'relu').dataSync()))).toEqual([0, 2]);
  expect(handlers()).toEqual(handlersBefore);
});
