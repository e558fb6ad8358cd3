import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildAddon } from '../../../build/native/build-addon.ts';
import { findCompiler } from '../../../build/native/compiler.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lab-addon-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe('compiler', () => {
  it('a machine without one is told with the names that were tried and how to get one', () => {
    const none = { PATH: folder };
    expect(() => findCompiler(none)).toThrow(
      expect.objectContaining({ code: 'no-compiler', message: expect.stringContaining('tried c++, g++, clang++') as string }),
    );
    expect(() => findCompiler({ ...none, CXX: 'no-such-compiler' })).toThrow('tried no-such-compiler.');
  });
});

describe('building the addon', () => {
  it('without headers of TensorFlow the file that was expected is named', async () => {
    await expect(buildAddon({ include: folder, output: join(folder, 'a.node') })).rejects.toMatchObject({
      code: 'no-headers',
      message: expect.stringContaining(join(folder, 'tensorflow/c/c_api.h')) as string,
    });
  });

  it.skipIf(process.platform === 'win32')('what the compiler says is passed on, not more than 40 lines of it; nothing is left behind', async () => {
    const compiler = join(folder, 'cxx');
    writeFileSync(compiler, '#!/bin/sh\n[ "$1" = --version ] && echo "fake 1" && exit 0\nseq 1 100 >&2\nexit 3\n');
    chmodSync(compiler, 0o755);
    vi.stubEnv('CXX', compiler);
    mkdirSync(join(folder, 'tensorflow/c'), { recursive: true });
    writeFileSync(join(folder, 'tensorflow/c/c_api.h'), '');
    const output = join(folder, 'a.node');
    await expect(buildAddon({ include: folder, output })).rejects.toMatchObject({
      code: 'build-failed',
      message: expect.stringMatching(/ended with code 3\.\n1\n2\n[^]*\n40\n… 60 more lines$/) as string,
    });
    expect(existsSync(output)).toBe(false);
  });
});
