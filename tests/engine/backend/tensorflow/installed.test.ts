import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findInstalled, libraryNames, manifestName, nativeHome } from '../../../../engine/backend/tensorflow/installed.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'lab-native-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function install(manifest: object): void {
  mkdirSync(join(home, 'tensorflow-9.8.7-cpu', 'tensorflow'), { recursive: true });
  for (const name of libraryNames() ?? []) writeFileSync(join(home, 'tensorflow-9.8.7-cpu', 'tensorflow', name), '');
  writeFileSync(join(home, manifestName), JSON.stringify(manifest));
}

const manifest = { format: 1, folder: 'tensorflow-9.8.7-cpu', version: '9.8.7', variant: 'cpu', sizeBytes: 12, wheels: {} };

describe('where native TensorFlow lies', () => {
  it('LAB_NATIVE, else the data folder of the platform', () => {
    expect(nativeHome({ LAB_NATIVE: home })).toBe(home);
    expect(nativeHome({}, 'linux', '/ada')).toBe(join('/ada', '.config', 'Paretoscope', 'native'));
    expect(nativeHome({ XDG_CONFIG_HOME: '/data' }, 'linux', '/ada')).toBe(join('/data', 'Paretoscope', 'native'));
    expect(nativeHome({}, 'darwin', '/ada')).toBe(join('/ada', 'Library', 'Application Support', 'Paretoscope', 'native'));
  });

  it('what the manifest names, with its headers', () => {
    install(manifest);
    const folder = join(home, 'tensorflow-9.8.7-cpu', 'tensorflow');
    const installed = { folder, version: '9.8.7', variant: 'cpu', include: join(folder, 'include'), sizeBytes: 12 };
    expect(findInstalled({ LAB_NATIVE: home })).toEqual(installed);
  });

  it('half an installation does not count: no manifest, one that is cut off, or a library that is gone', () => {
    const find = (): unknown => findInstalled({ LAB_NATIVE: home });
    expect(find()).toBeUndefined();
    install(manifest);
    writeFileSync(join(home, manifestName), JSON.stringify(manifest).slice(0, 30));
    expect(find()).toBeUndefined();
    install(manifest);
    rmSync(join(home, 'tensorflow-9.8.7-cpu', 'tensorflow', (libraryNames() ?? ['include'])[0]), { recursive: true });
    expect(find()).toBeUndefined();
  });

  it("LAB_TENSORFLOW: a folder of one's own comes first", () => {
    install(manifest);
    expect(findInstalled({ LAB_NATIVE: home, LAB_TENSORFLOW: '/opt/tf' })).toMatchObject({ folder: '/opt/tf', version: 'own' });
  });
});
