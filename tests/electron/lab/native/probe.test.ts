import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probe } from '../../../../electron/lab/native/probe.ts';
import { surveyBackends } from '../../../../electron/lab/native/survey.ts';
import { visibleName } from '../../../../electron/lab/native/device-names.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lab-probe-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string, text: string): URL {
  writeFileSync(join(folder, `${name}.mjs`), text);
  return pathToFileURL(join(folder, `${name}.mjs`));
}

const wasm = { id: 'wasm', options: {} } as const;

describe('probing a backend', () => {
  it('slow: wasm works, with a measured step', async () => {
    const found = await probe(wasm);
    expect(found).toMatchObject({ works: true, threads: 1, devices: [] });
    expect(found.works && found.stepMs).toBeGreaterThan(0);
  });

  it('slow: what the engine refuses comes back as it is', async () => {
    const found = await probe({ id: 'wasm', options: { threads: 2 } });
    expect(found).toMatchObject({ works: false, code: 'threads-not-supported' });
  });

  it('a process that crashes is an answer, with its last words', async () => {
    const crash = program(
      'crash',
      "process.stderr.write('driver fault\\n', () => process.kill(process.pid, 'SIGSEGV')); setInterval(() => {}, 1000);",
    );
    const found = await probe(wasm, crash);
    expect(found).toMatchObject({ works: false, code: 'backend-crashed' });
    if (process.platform !== 'win32') expect(found).toMatchObject({ message: expect.stringMatching(/SIGSEGV.*driver fault/) });
  });

  it('a process that hangs is ended', async () => {
    const found = await probe(wasm, program('hang', 'setInterval(() => {}, 1000);'), 300);
    expect(found).toMatchObject({ works: false, code: 'backend-crashed' });
  });
});

describe('survey of the backends', () => {
  it('each in its own process: speed against wasm; a failure becomes the reason; the reference is not measured', async () => {
    const asked: unknown[] = [];
    const surveyed = await surveyBackends({ threads: 2 }, undefined, (request) => {
      asked.push([request.id, request.options, request.skipMeasurement]);
      if (request.id === 'cpu') return Promise.resolve({ works: false, code: 'x', message: 'It broke.', tip: 'Mend it.' });
      return Promise.resolve({ works: true, stepMs: request.id === 'wasm' ? 8 : 2, threads: 2, devices: [] });
    });
    const of = (id: string): (typeof surveyed)[number] | undefined => surveyed.find((entry) => entry.id === id);
    expect(of('wasm')).toMatchObject({ isAvailable: true, stepMs: 8, factor: 1 });
    expect(of('cpu')).toMatchObject({ isAvailable: false, reason: 'It broke. Mend it.' });
    expect(asked).toContainEqual(['wasm', {}, false]);
    expect(asked).toContainEqual(['cpu', {}, true]);
    const native = of('tensorflow');
    if (native?.isAvailable === true) expect(native).toMatchObject({ factor: 4, stepMs: 2 });
    else expect(native?.reason).toContain('lab backend install tensorflow');
  });
});

describe('names of NVIDIA GPUs', () => {
  const listed = '0, GPU-aaa-1, NVIDIA A100\n1, GPU-bbb-2, NVIDIA T4\n';

  it('in the order of the driver, or of CUDA_VISIBLE_DEVICES', () => {
    expect(visibleName(listed, 1, undefined)).toBe('NVIDIA T4');
    expect(visibleName(listed, 0, '1,0')).toBe('NVIDIA T4');
    expect(visibleName(listed, 0, 'GPU-bbb')).toBe('NVIDIA T4');
    expect(visibleName('', 0, undefined)).toBeUndefined();
  });
});
