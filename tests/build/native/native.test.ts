import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isUpToDate, rememberUpToDate } from '../../../build/native/native.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lab-native-'));
  for (const path of ['package.json', 'engine/backend/tensorflow/addon/a.cc', 'build/native/build-addon.ts', addon]) write(path, path);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const addon = 'engine/backend/tensorflow/tensorflow.node';
const env = { LAB_TENSORFLOW: '/opt/tensorflow' };

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

describe('npm run native', () => {
  it('has nothing to do after everything has been tried, and nothing has changed since', () => {
    expect(isUpToDate(root, env)).toBe(false);
    rememberUpToDate(root, env);
    expect(isUpToDate(root, env)).toBe(true);
  });

  it.each([
    ['a source of the addon changes', () => write('engine/backend/tensorflow/addon/a.cc', 'other')],
    ['a source is added', () => write('engine/backend/tensorflow/addon/kernels/b.cc', '')],
    ['the build changes', () => write('build/native/build-addon.ts', 'other')],
    ['the addon is gone', () => rmSync(join(root, addon))],
    ['the stamp was cut off', () => write('.setup/native.json', '{ "ha')],
  ])('when %s: again', (_, change) => {
    rememberUpToDate(root, env);
    change();
    expect(isUpToDate(root, env)).toBe(false);
  });

  it('when another library is named, or none is installed: again', () => {
    rememberUpToDate(root, env);
    expect(isUpToDate(root, { LAB_TENSORFLOW: '/elsewhere' })).toBe(false);
    expect(isUpToDate(root, { LAB_NATIVE: join(root, 'nothing') })).toBe(false);
  });
});
