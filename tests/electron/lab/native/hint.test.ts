import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nativeHint } from '../../../../electron/lab/native/hint.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'lab-hint-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe('what native TensorFlow would bring', () => {
  it('is said once a home', () => {
    expect(nativeHint(home, false, true)).toMatch(/times as fast .*\(measured on .*: lab backend install tensorflow$/);
    expect(nativeHint(home, false, true)).toBeUndefined();
  });

  it('is not said where it is installed, cannot be, or where nobody would remember', () => {
    expect(nativeHint(home, true, true)).toBeUndefined();
    expect(nativeHint(home, false, false)).toBeUndefined();
    expect(nativeHint(join(home, 'none'), false, true)).toBeUndefined();
  });
});
