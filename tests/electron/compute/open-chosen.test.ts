import { describe, expect, it } from 'vitest';
import { openChosen } from '../../../electron/compute/open-chosen.ts';
import type { BackendTools } from '../../../electron/compute/open-chosen.ts';
import type { Backend } from '../../../engine/backend/backend.ts';
import { describeBackend } from '../../../engine/backend/descriptions.ts';
import type { BackendDescription, BackendId } from '../../../engine/backend/descriptions.ts';
import { EngineError } from '../../../engine/error.ts';

/** Backends by what happens when they are opened: milliseconds of a step, or the failure. The last one opened is current. */
function toolsOf(backends: Readonly<Partial<Record<BackendId, number | Error>>>): BackendTools & { readonly opened: string[] } {
  const opened: string[] = [];
  const entries = Object.entries(backends) as [BackendId, number | Error][];
  return {
    opened,
    list: () => entries.map(([id]) => ({ ...describeBackend(id === 'webgpu' ? 'wasm' : id), id, isAvailable: true })),
    open: (id) => {
      opened.push(id);
      const outcome = backends[id as BackendId]!;
      const describe = (): BackendDescription => describeBackend(id);
      const memory = (): { bytes: number; tensors: number } => ({ bytes: 0, tensors: 0 });
      const backend: Backend = { id: id as BackendId, threads: 1, precision: 'float32', describe, memory };
      return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(backend);
    },
    calibrate: ({ id }) => Promise.resolve({ id, stepMs: backends[id] as number }),
  };
}

const wrong = new EngineError('backend-self-test', "Backend 'tensorflow' failed its self test: the loss is 7.");
const passedOver = [{ id: 'tensorflow', code: 'backend-self-test', message: wrong.message }];

describe('the backend of a search', () => {
  it('none named: the fastest that works, and it is the one that is open in the end', async () => {
    const tools = toolsOf({ tensorflow: 2, wasm: 9, cpu: 1 });
    const { backend, details } = await openChosen({}, tools);
    expect(backend.id).toBe('tensorflow');
    expect(tools.opened).toEqual(['tensorflow', 'wasm', 'tensorflow']);
    expect(details).toEqual({
      reason: '2.0 ms a calibration step, against wasm 9.0 ms',
      calibrations: [
        { id: 'tensorflow', stepMs: 2 },
        { id: 'wasm', stepMs: 9 },
      ],
    });
  });

  it('none named: one that fails its self test is passed over and told', async () => {
    const two = await openChosen({}, toolsOf({ tensorflow: wrong, wasm: 9 }));
    expect([two.backend.id, two.details]).toEqual(['wasm', { reason: 'the only one here that works', passedOver }]);
    const three = await openChosen({}, toolsOf({ tensorflow: wrong, webgpu: 3, wasm: 9 }));
    expect([three.backend.id, three.details.passedOver]).toEqual(['webgpu', passedOver]);
  });

  it('none named, the last one fails: the one before it is opened again', async () => {
    const tools = toolsOf({ tensorflow: 2, wasm: new EngineError('backend-failed', 'No kernels.') });
    const { backend, details } = await openChosen({}, tools);
    expect([backend.id, tools.opened.at(-1)]).toEqual(['tensorflow', 'tensorflow']);
    expect(details.passedOver).toEqual([{ id: 'wasm', code: 'backend-failed', message: 'No kernels.' }]);
  });

  it('none named and none works: refused with what each of them said', async () => {
    const tools = toolsOf({ tensorflow: wrong, wasm: new EngineError('backend-failed', 'No kernels.') });
    await expect(openChosen({}, tools)).rejects.toMatchObject({ code: 'no-backend', message: expect.stringMatching(/the loss is 7.*wasm: No kernels/) });
  });

  it('the named one fails its self test: refused, although another would work', async () => {
    await expect(openChosen({ backend: 'tensorflow' }, toolsOf({ tensorflow: wrong, wasm: 9 }))).rejects.toBe(wrong);
  });

  it('slow: 16 bits where no GPU computes: refused, with what each backend said', async () => {
    await expect(openChosen({ backend: 'wasm', precision: 'bfloat16' })).rejects.toMatchObject({ code: 'precision-not-supported' });
    const none = openChosen({ precision: 'bfloat16' });
    await expect(none).rejects.toMatchObject({ code: 'no-backend', message: expect.stringContaining("'wasm' computes in float32 only") });
  });

  it('a fault of the lab is not passed over', async () => {
    await expect(openChosen({}, toolsOf({ tensorflow: new TypeError('boom'), wasm: 9 }))).rejects.toThrow('boom');
  });
});
