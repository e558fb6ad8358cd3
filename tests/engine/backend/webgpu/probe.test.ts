import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { mayHaveAdapters, readProbe } from '../../../../engine/backend/webgpu/probe.ts';
import type { ProbeRun } from '../../../../engine/backend/webgpu/probe.ts';

const fine: ProbeRun = { status: 0, signal: null, stdout: 'noise\n[{"name":"A"}]\n', stderr: 'Warning: x\n' };

describe('what the probe of the GPU says', () => {
  test('the adapters are on its last line', () => {
    expect(readProbe(fine)).toEqual([{ name: 'A' }]);
  });

  const tooLong = Object.assign(new Error('spawnSync ETIMEDOUT'), { code: 'ETIMEDOUT' });
  test.each<[string, Partial<ProbeRun>, string]>([
    ['a driver that crashes', { status: null, signal: 'SIGSEGV', stderr: 'libfoo: bad\n' }, 'was ended by SIGSEGV (libfoo: bad)'],
    ['one that hangs', { status: null, signal: 'SIGKILL', error: tooLong }, 'did not answer within 20 s'],
    ['a process that cannot be started', { status: null, error: new Error('ENOENT') }, 'could not be started: ENOENT'],
    ['one that fails', { status: 1, stderr: '' }, 'ended with code 1.'],
    ['an answer cut off', { stdout: '[{"name"' }, 'gave an answer that cannot be read'],
    ['no answer', { stdout: '' }, 'gave an answer that cannot be read'],
  ])('%s is told', (_, run, message) => {
    expect(() => readProbe({ ...fine, ...run })).toThrow(
      expect.objectContaining({ code: 'webgpu-probe-failed', message: expect.stringContaining(message), tip: expect.stringContaining('driver') }),
    );
  });
});

describe('whether there can be an adapter', () => {
  const root = mkdtempSync(join(tmpdir(), 'vulkan-'));
  afterAll(() => rmSync(root, { recursive: true }));
  const icd = join(root, 'share/vulkan/icd.d');
  mkdirSync(icd, { recursive: true });
  writeFileSync(join(icd, 'gpu.json'), '{}');
  const empty = join(root, 'none');
  const nowhere = { XDG_CONFIG_HOME: empty, XDG_CONFIG_DIRS: empty, XDG_DATA_HOME: empty, XDG_DATA_DIRS: empty };

  test('Linux: a driver in a data folder, or named by the environment', () => {
    expect(mayHaveAdapters({ ...nowhere, XDG_DATA_DIRS: `${empty}:${join(root, 'share')}` }, 'linux', empty)).toBe(true);
    expect(mayHaveAdapters({ ...nowhere, VK_DRIVER_FILES: join(icd, 'gpu.json') }, 'linux', empty)).toBe(true);
  });

  test('other systems bring their own', () => {
    expect(mayHaveAdapters(nowhere, 'darwin', empty)).toBe(true);
    expect(mayHaveAdapters(nowhere, 'win32', empty)).toBe(true);
  });
});
