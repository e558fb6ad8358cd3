import { expect, it } from 'vitest';
import { openBackend } from '../../../engine/backend/backend.ts';
import { numericFingerprint } from '../../../engine/backend/fingerprint.ts';
import { memory } from '../../../engine/backend/tf.ts';

it('slow: fingerprint: the same each time on one backend, another where sums are made in another order, no tensor left', async () => {
  await openBackend('wasm');
  const before = memory().numTensors;
  const wasm = await numericFingerprint();
  expect(wasm).toMatch(/^[0-9a-f]{16}$/);
  expect(await numericFingerprint()).toBe(wasm);
  expect(memory().numTensors).toBe(before);
  await openBackend('cpu');
  expect(await numericFingerprint()).not.toBe(wasm);
});
