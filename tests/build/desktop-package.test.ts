import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { fuses, openedKinds, packageConfiguration } from '../../build/electron-builder.ts';
import { icns, ico } from '../../build/icons/draw.ts';
import { collectLicences, writeLicences } from '../../build/licences.ts';
import { isOpenedKind } from '../../electron/main/options.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'lab-package-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('how the app is packed', () => {
  const configuration = packageConfiguration();

  test('every fuse that could make it run something else is off', () => {
    expect(configuration.electronFuses).toEqual(fuses);
    expect(fuses).toEqual({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      onlyLoadAppFromAsar: true,
      enableEmbeddedAsarIntegrityValidation: true,
      grantFileProtocolExtraPrivileges: false,
      enableCookieEncryption: false,
    });
  });

  test('another Electron, which is for tests, has no fuses set', () => {
    expect(packageConfiguration({ electronDir: '/e', electronVersion: '25.1.1' })).not.toHaveProperty('electronFuses');
  });

  test('targets of the three systems, native files beside the archive, no wrapper without a sandbox', () => {
    expect([configuration.linux?.target, configuration.win?.target, configuration.mac?.target]).toEqual([
      ['AppImage', 'deb'],
      ['nsis'],
      ['dmg', 'zip'],
    ]);
    expect(configuration.asarUnpack).toEqual(['out/main/**', 'node_modules/**']);
    expect(JSON.stringify(configuration)).not.toContain('no-sandbox');
  });

  test('kinds of files that are registered are those that the app opens', () => {
    for (const { ext } of openedKinds) expect(isOpenedKind(`/x/y.${ext}`), ext).toBe(true);
    expect(isOpenedKind('/x/y.json')).toBe(false);
    expect(configuration.fileAssociations).toHaveLength(openedKinds.length);
  });
});

describe('icons', () => {
  const png = Buffer.from('a picture');

  test('ico: the directory names side, length and place of each picture', () => {
    const file = ico([
      [16, png],
      [256, Buffer.concat([png, png])],
    ]);
    const entry = (index: number) => file.subarray(6 + 16 * index, 22 + 16 * index);
    expect(file.readUInt16LE(4)).toBe(2);
    expect([entry(0)[0], entry(1)[0]]).toEqual([16, 0]);
    for (const [index, length] of [
      [0, png.length],
      [1, 2 * png.length],
    ] as const) {
      const start = entry(index).readUInt32LE(12);
      expect(entry(index).readUInt32LE(8)).toBe(length);
      expect(file.subarray(start, start + png.length)).toEqual(png);
    }
  });

  test('icns: lengths count their own heads', () => {
    const file = icns([
      ['ic07', png],
      ['ic08', png],
    ]);
    expect(file.subarray(0, 4).toString()).toBe('icns');
    expect(file.readUInt32BE(4)).toBe(file.length);
    const first = 8;
    expect(file.subarray(first, first + 4).toString()).toBe('ic07');
    const next = first + file.readUInt32BE(first + 4);
    expect(file.subarray(next, next + 4).toString()).toBe('ic08');
  });
});

test('licences: what runs and what the interface took over, each with a licence that is known', () => {
  const licences = collectLicences(['vue', 'element-plus']);
  const names = licences.map(({ name }) => name);
  for (const name of ['better-sqlite3', 'sharp', '@tensorflow/tfjs-core', 'vue', '@vue/reactivity', 'element-plus'])
    expect(names).toContain(name);
  expect(names).not.toContain('vitest');
  writeLicences(join(folder, 'LICENSES.txt'), licences);
  const text = readFileSync(join(folder, 'LICENSES.txt'), 'utf8');
  for (const { name, version } of licences) expect(text).toContain(`${name} ${version}`);
  expect(readFileSync(join(root, 'LICENSE'), 'utf8')).toContain('Apache');
});
