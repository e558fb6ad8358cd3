import { describe, expect, test } from 'vitest';
import type { GpuBuffer, GpuDevice, GpuError, GpuErrorEvent } from '../../../../engine/backend/webgpu/dawn.ts';
import { DeviceHealth, dropFreeBuffers } from '../../../../engine/backend/webgpu/guard.ts';
import type { BufferPool } from '../../../../engine/backend/webgpu/library.ts';

class GPUOutOfMemoryError {
  readonly message = 'no memory';
}

class GPUValidationError {
  readonly message = 'too many bindings.\n - in a call';
}

function fakeDevice(): Pick<GpuDevice, 'lost' | 'addEventListener'> & { fail(error: GpuError): void; lose(message: string): void } {
  const { promise, resolve } = Promise.withResolvers<{ reason: string; message: string }>();
  let listener: ((event: GpuErrorEvent) => void) | undefined;
  return {
    lost: promise,
    addEventListener: (_, added) => (listener = added),
    fail: (error) => listener?.({ error, preventDefault: () => undefined }),
    lose: (message) => resolve({ reason: 'unknown', message }),
  };
}

describe('health of a device', () => {
  test.each([
    [new GPUOutOfMemoryError(), 'out-of-memory', 'memory of GPU X is used up'],
    [new GPUValidationError(), 'backend-failed', 'GPU X refused a command: too many bindings.'],
  ])('%o is told from then on', async (error, code, message) => {
    const device = fakeDevice();
    const health = new DeviceHealth(device, 'GPU X');
    expect(() => health.check()).not.toThrow();
    device.fail(error);
    device.fail(new GPUValidationError()); // what follows from the first is not told
    const expected = expect.objectContaining({ code, message: expect.stringContaining(message), tip: expect.any(String) });
    expect(() => health.check()).toThrow(expected);
    expect(await health.explain(new Error('its consequence'))).toEqual(expected);
  });

  test('a lost device explains the errors before it', async () => {
    const device = fakeDevice();
    const health = new DeviceHealth(device, 'GPU X');
    device.fail(new GPUValidationError());
    device.lose('reset');
    expect(await health.explain(new Error('mapAsync'))).toMatchObject({ code: 'device-lost', message: expect.stringContaining('reset') });
  });

  test('an error that the device knows nothing of stays what it is', async () => {
    const error = new Error('a bug');
    expect(await new DeviceHealth(fakeDevice(), 'GPU X').explain(error)).toBe(error);
  });
});

test('dropping free buffers destroys them all, keeps the lists of kinds in use, and counts', () => {
  const destroyed: number[] = [];
  const buffer = (size: number): GpuBuffer => ({ size, destroy: () => destroyed.push(size) });
  const pool: BufferPool = {
    numBytesUsed: 8,
    numBytesAllocated: 8 + 8 + 4 + 4,
    numFreeBuffers: 3,
    freeBuffers: new Map([
      ['8', [buffer(8)]],
      ['4', [buffer(4), buffer(4)]],
    ]),
    usedBuffers: new Map([
      ['8', [buffer(8)]],
      ['4', []],
    ]),
    acquireBuffer: buffer,
  };
  dropFreeBuffers(pool);
  expect(destroyed).toEqual([8, 4, 4]);
  expect(pool).toMatchObject({ numBytesAllocated: 8, numFreeBuffers: 0, freeBuffers: new Map([['8', []]]) });
  dropFreeBuffers({ ...pool, usedBuffers: new Map() });
  expect(pool.freeBuffers.size).toBe(1);
});
