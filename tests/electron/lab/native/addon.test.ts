import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareAddon } from '../../../../electron/lab/native/addon.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lab-addon-'));
  writeFileSync(join(folder, 'there.node'), '');
  writeFileSync(join(folder, 'works.mjs'), 'process.stdout.write(`built with ${process.argv[2]}\\n`);');
  writeFileSync(join(folder, 'fails.mjs'), "process.stderr.write('no C++ compiler found.\\nTip: Install one.\\n'); process.exitCode = 1;");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const there = (): string => join(folder, 'there.node');
const missing = (): string => join(folder, 'missing.node');

describe('the addon for native TensorFlow', () => {
  it('in a checkout: built with the headers of the library', async () => {
    const addon = await prepareAddon('/tf', { script: join(folder, 'works.mjs'), path: there() });
    expect(addon).toEqual({ source: 'built', path: there(), note: 'built with /tf' });
  });

  it('no compiler: the one that is there, and why; without one the reason and what to do', async () => {
    const script = join(folder, 'fails.mjs');
    expect(await prepareAddon('/tf', { script, path: there() })).toMatchObject({
      source: 'prebuilt',
      note: expect.stringContaining('no C++ compiler'),
    });
    await expect(prepareAddon('/tf', { script, path: missing() })).rejects.toMatchObject({
      code: 'addon-missing',
      message: 'no C++ compiler found.',
      tip: 'Install one.',
    });
  });

  it('in a package: the one that it brings, else what is missing', async () => {
    expect(await prepareAddon('/tf', { script: undefined, path: there() })).toMatchObject({ source: 'prebuilt' });
    await expect(prepareAddon('/tf', { script: undefined, path: missing() })).rejects.toMatchObject({ code: 'addon-missing' });
  });
});
