import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ensureElectron, installedElectron } from '../../build/electron-binary.ts';
import { isStale, noWindowReason } from '../../build/start.ts';
import { makeZip } from '../make-zip.ts';

const folder = mkdtempSync(join(tmpdir(), 'lab-start-'));
const version = '45.0.0';
const name = `electron-v${version}-${process.platform}-${process.arch}.zip`;
const program = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }[process.platform as string] ?? 'electron';
const archive = makeZip([
  { path: 'version', content: version },
  { path: program, content: '#!/bin/sh\n', mode: 0o100755 },
  { path: 'locales/en.pak', content: 'pak' },
]);
let server: Server;
let served: Buffer | undefined;
let asked = 0;
let base: string;
let count = 0;

beforeAll(async () => {
  server = createServer((_request, response) => {
    asked++;
    response.writeHead(served === undefined ? 404 : 200, served === undefined ? {} : { 'content-length': served.length });
    response.end(served);
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  served = undefined;
  asked = 0;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** An Electron package as npm leaves it: without its program. */
function bare(sum = createHash('sha256').update(archive).digest('hex')): string {
  const target = join(folder, `package-${++count}`);
  mkdirSync(target);
  writeFileSync(join(target, 'package.json'), JSON.stringify({ version }));
  writeFileSync(join(target, 'checksums.json'), JSON.stringify({ [name]: sum }));
  return target;
}

describe("Electron's program", () => {
  test('fetched with its size and progress, checked, unpacked, and found the next time', async () => {
    served = archive;
    const target = bare();
    const lines: string[] = [];
    const path = await ensureElectron({
      folder: target,
      cache: join(folder, 'cache'),
      base,
      tell: (line) => lines.push(line),
      isTerminal: false,
    });
    expect(path).toBe(join(target, 'dist', program));
    expect(statSync(path).mode & 0o111).not.toBe(0);
    expect(readFileSync(join(target, 'path.txt'), 'utf8')).toBe(program);
    expect(lines[0]).toMatch(/^Fetching Electron \(\d+ MB\) from 127\.0\.0\.1:\d+; it is kept/);
    expect(installedElectron(target)).toBe(path);
    expect(asked).toBe(1);
  });

  test('another checkout takes it from the cache', async () => {
    await ensureElectron({ folder: bare(), cache: join(folder, 'cache'), base, tell: () => undefined });
    expect(asked).toBe(0);
  });

  test('another content than the one that is pinned is refused and not kept', async () => {
    served = makeZip([{ path: 'version', content: version }]);
    const target = bare();
    await expect(ensureElectron({ folder: target, cache: join(folder, 'cache-2'), base, tell: () => undefined })).rejects.toThrow(
      /SHA-256 .* expected/,
    );
    expect(installedElectron(target)).toBeUndefined();
    served = archive;
    await ensureElectron({ folder: target, cache: join(folder, 'cache-2'), base, tell: () => undefined });
  });

  test('no such release, no network: one sentence that says so', async () => {
    const options = { cache: join(folder, 'cache-3'), tell: () => undefined };
    await expect(ensureElectron({ ...options, folder: bare(), base })).rejects.toThrow(/could not be fetched: the answer was 404/);
    await expect(ensureElectron({ ...options, folder: bare(), base: 'http://127.0.0.1:1' })).rejects.toThrow(/could not be fetched/);
  });

  test('a file that leads outside of its folder is not written', async () => {
    served = makeZip([{ path: '../../evil', content: 'x' }]);
    const target = bare(createHash('sha256').update(served).digest('hex'));
    await expect(ensureElectron({ folder: target, cache: join(folder, 'cache-4'), base, tell: () => undefined })).rejects.toThrow();
    expect(statSync(join(folder, 'evil'), { throwIfNoEntry: false })).toBeUndefined();
  });
});

describe('whether a window is tried', () => {
  test.each([
    [{ CI: 'true', DISPLAY: ':0' }, 'CI is set'],
    [{}, 'there is no display'],
    [{ DISPLAY: '' }, 'there is no display'],
    [{ DISPLAY: ':0', CI: 'false' }, undefined],
    [{ WAYLAND_DISPLAY: 'wayland-0' }, undefined],
  ] as const)('%j on Linux: %s', (env, reason) => expect(noWindowReason(env, 'linux')).toBe(reason));

  test('macOS and Windows have a display', () => {
    expect(noWindowReason({}, 'darwin')).toBeUndefined();
    expect(noWindowReason({}, 'win32')).toBeUndefined();
  });
});

test('what is built is stale when it is missing or one of its sources is newer', () => {
  writeFileSync(join(folder, 'source.ts'), '');
  expect(isStale('built.js', ['*.ts'], folder)).toBe(true);
  writeFileSync(join(folder, 'built.js'), '');
  utimesSync(join(folder, 'built.js'), 2_000_000_000, 2_000_000_000);
  expect(isStale('built.js', ['*.ts'], folder)).toBe(false);
  utimesSync(join(folder, 'source.ts'), 2_000_000_001, 2_000_000_001);
  expect(isStale('built.js', ['*.ts'], folder)).toBe(true);
});
