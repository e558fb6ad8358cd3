import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeExclusiveLock } from '../../../../db/sqlite/exclusive-lock.ts';
import { installTensorflow, removeTensorflow } from '../../../../electron/lab/native/install.ts';
import type { InstallRequest } from '../../../../electron/lab/native/install.ts';
import { fits } from '../../../../electron/lab/native/find-wheels.ts';
import { knownWheels } from '../../../../electron/lab/native/known-wheels.ts';
import { planWheels } from '../../../../electron/lab/native/tensorflow-wheels.ts';
import type { WheelPlan } from '../../../../electron/lab/native/tensorflow-wheels.ts';
import { parseWheelName } from '../../../../electron/lab/native/wheel-name.ts';
import { findInstalled, libraryNames, manifestName } from '../../../../engine/backend/tensorflow/installed.ts';
import { sendFile, serveIndex } from './fake-index.ts';
import type { FakeServer } from './fake-index.ts';
import { makeZip } from '../../../make-zip.ts';
import { sha256, wheelMembers } from './make-wheel.ts';

const file = 'tensorflow_cpu-9.8.7-cp311-cp311-manylinux_2_27_x86_64.whl';
const bytes = makeZip(wheelMembers);
const plan: WheelPlan = {
  version: '9.8.7',
  variant: 'cpu',
  requirements: [{ name: 'tensorflow-cpu', version: '9.8.7' }],
  runsHere: (tag) => tag.endsWith('x86_64'),
  pipPlatforms: [],
};
let home = '';
let server: FakeServer | undefined;
let lines: string[] = [];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'lab-install-'));
  lines = [];
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  rmSync(home, { recursive: true, force: true });
});

function install(change: Partial<InstallRequest> = {}): ReturnType<typeof installTensorflow> {
  return installTensorflow({
    variant: 'cpu',
    home,
    env: { PIP_INDEX_URL: `${server?.url ?? 'http://127.0.0.1:9'}/simple` },
    signal: new AbortController().signal,
    say: (line) => lines.push(line),
    onProgress: () => undefined,
    plan,
    findPip: () => Promise.resolve(undefined),
    known: {},
    ...change,
  });
}

const installed = (): ReturnType<typeof findInstalled> => findInstalled({ LAB_NATIVE: home });

describe.skipIf(libraryNames() === undefined)('installing native TensorFlow', () => {
  it('downloads, unpacks what is wanted, writes the manifest, leaves no download; a second time there is nothing to do', async () => {
    server = await serveIndex('tensorflow-cpu', file, bytes, { sha256: sha256(bytes) });
    const doings = new Set<string>();
    const { manifest, wasInstalled } = await install({ onProgress: (doing) => doings.add(doing) });
    expect(wasInstalled).toBe(false);
    expect(manifest).toMatchObject({ version: '9.8.7', variant: 'cpu', wheels: { [file]: sha256(bytes) } });
    expect([...doings]).toEqual(['download', 'unpack']);
    expect(lines[1]).toContain(file);
    expect(lines[2]).toContain(home);
    const folder = join(home, 'tensorflow-9.8.7-cpu', 'tensorflow');
    expect(readdirSync(folder).toSorted()).toEqual([...(libraryNames() ?? []), 'THIRD_PARTY_NOTICES.txt', 'include'].toSorted());
    expect(installed()).toMatchObject({ folder, version: '9.8.7' });
    expect(readdirSync(home).toSorted()).toEqual(['install.lock', 'tensorflow-9.8.7-cpu', manifestName]);
    const asked = server.requests.length;
    expect((await install()).wasInstalled).toBe(true);
    expect(server.requests).toHaveLength(asked);
  });

  it('resumes after a cut: nothing counts before, the rest is downloaded after', async () => {
    const controller = new AbortController();
    server = await serveIndex('tensorflow-cpu', file, bytes, {
      sha256: sha256(bytes),
      sendWheel: (request, response, count) => {
        if (count > 2) return sendFile(request, response, bytes);
        response.writeHead(200, { 'content-length': bytes.length });
        response.write(bytes.subarray(0, 100));
      },
    });
    await expect(install({ signal: controller.signal, onProgress: () => controller.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(installed()).toBeUndefined();
    await install();
    expect(server.requests.at(-1)?.range).toBe('bytes=100-');
    expect(lines.some((line) => line.includes('100 B of it are here already'))).toBe(true);
    expect(installed()).toBeDefined();
  });

  it('cut off while unpacking: nothing counts, the download is kept', async () => {
    server = await serveIndex('tensorflow-cpu', file, bytes, { sha256: sha256(bytes) });
    const controller = new AbortController();
    const cut = install({ signal: controller.signal, onProgress: (doing) => (doing === 'unpack' ? controller.abort() : undefined) });
    await expect(cut).rejects.toMatchObject({ name: 'AbortError' });
    expect(installed()).toBeUndefined();
    expect(existsSync(join(home, manifestName))).toBe(false);
    await install();
    expect(server.requests.filter(({ path }) => path.startsWith('/files/'))).toHaveLength(1);
  });

  it('a wrong checksum, by the index or by what was published, installs nothing', async () => {
    server = await serveIndex('tensorflow-cpu', file, bytes, { sha256: 'ab'.repeat(32) });
    await expect(install()).rejects.toMatchObject({ code: 'wheel-damaged' });
    await expect(install({ known: { [file]: sha256(bytes) } })).rejects.toMatchObject({ code: 'wheel-differs' });
    await server.close();
    server = await serveIndex('tensorflow-cpu', file, bytes);
    await expect(install()).rejects.toMatchObject({ code: 'no-checksum' });
    expect(installed()).toBeUndefined();
  });

  it('no wheel for this platform: in TensorFlow at all, or in this index', async () => {
    expect(() => planWheels('cpu', 'win32', 'x64')).toThrow(expect.objectContaining({ code: 'no-wheel' }));
    expect(() => planWheels('cuda', 'darwin', 'arm64')).toThrow(
      expect.objectContaining({ code: 'no-wheel', tip: expect.stringContaining('--cuda') }),
    );
    expect(planWheels('cuda', 'linux', 'x64').requirements.length).toBeGreaterThan(10);
    server = await serveIndex('tensorflow-cpu', file.replace('x86_64', 'riscv64'), bytes, { sha256: sha256(bytes) });
    await expect(install()).rejects.toMatchObject({ code: 'wheel-not-found', tip: expect.stringContaining('pip') });
  });

  it('no space: told before anything is downloaded', async () => {
    server = await serveIndex('tensorflow-cpu', file, bytes, { sha256: sha256(bytes) });
    await expect(install({ freeBytes: () => 100e6 })).rejects.toMatchObject({
      code: 'no-space',
      tip: expect.stringContaining('LAB_NATIVE'),
    });
    expect(server.requests.map(({ path }) => path)).toEqual(['/simple/tensorflow-cpu/']);
  });

  it('no network: told; what pip can do is done by pip', async () => {
    await expect(install()).rejects.toMatchObject({ code: 'no-network' });
    mkdirSync(join(home, 'downloads'), { recursive: true });
    // A pip that has nothing to say but leaves the wheel where --dest is, two arguments before the end.
    const script = `const a = process.argv; if (a.includes('download')) require('fs').copyFileSync(${JSON.stringify(join(home, 'w'))}, a.at(-2) + '/${file}')`;
    writeFileSync(join(home, 'w'), bytes);
    await install({ findPip: () => Promise.resolve([process.execPath, '-e', script, '--']) });
    expect(lines.some((line) => line.includes('Trying with pip'))).toBe(true);
    expect(installed()).toMatchObject({ version: '9.8.7' });
  });

  it('no index and no pip: told', async () => {
    await expect(install({ env: {} })).rejects.toMatchObject({ code: 'no-index', tip: expect.stringContaining('PIP_INDEX_URL') });
  });

  it('from files: those that fit, and no others', async () => {
    const path = join(home, file);
    writeFileSync(path, bytes);
    const other = join(home, 'tensorflow_cpu-9.8.6-cp311-cp311-manylinux_2_27_x86_64.whl');
    writeFileSync(other, bytes);
    await expect(install({ wheels: [other] })).rejects.toMatchObject({
      code: 'wrong-wheel',
      tip: expect.stringContaining('tensorflow-cpu==9.8.7'),
    });
    await expect(install({ wheels: [] })).rejects.toMatchObject({ code: 'wrong-wheel' });
    await expect(install({ wheels: [path], known: { [file]: 'ab' } })).rejects.toMatchObject({ code: 'wheel-damaged' });
    await install({ wheels: [path] });
    expect(installed()).toBeDefined();
    expect(existsSync(path)).toBe(true);
  });

  it('a wheel without the libraries is refused', async () => {
    const empty = makeZip(wheelMembers.slice(2));
    server = await serveIndex('tensorflow-cpu', file, empty, { sha256: sha256(empty) });
    await expect(install()).rejects.toMatchObject({ code: 'wrong-wheel' });
  });

  it('the other variant takes the place of the first, which counts until then', async () => {
    server = await serveIndex('tensorflow-cpu', file, bytes, { sha256: sha256(bytes) });
    await install();
    await install({ variant: 'cuda', plan: { ...plan, variant: 'cuda' }, onProgress: () => expect(installed()?.variant).toBe('cpu') });
    expect(installed()?.variant).toBe('cuda');
    expect(readdirSync(home).toSorted()).toEqual(['install.lock', 'tensorflow-9.8.7-cuda', manifestName]);
  });

  it('a place that cannot be written is told', async () => {
    writeFileSync(join(home, 'file'), '');
    const change = { home: join(home, 'file', 'native') };
    await expect(install(change)).rejects.toMatchObject({ code: 'not-a-folder', tip: expect.stringContaining('LAB_NATIVE') });
  });

  it('two at once: the second is told, and nothing is removed meanwhile', async () => {
    const release = takeExclusiveLock(join(home, 'install.lock'));
    mkdirSync(join(home, 'tensorflow-9.8.7-cpu.part'));
    await expect(install()).rejects.toMatchObject({ code: 'install-running' });
    await expect(removeTensorflow(home)).rejects.toMatchObject({ code: 'install-running' });
    expect(existsSync(join(home, 'tensorflow-9.8.7-cpu.part'))).toBe(true);
    release?.();
  });

  it('another name does not go round the checksum of what was published', async () => {
    const other = file.replace('cp311-cp311', 'cp399-cp399');
    const known = { [file]: sha256(Buffer.from('what was published')) };
    server = await serveIndex('tensorflow-cpu', other, bytes, { sha256: sha256(bytes) });
    await expect(install({ known })).rejects.toMatchObject({ code: 'wheel-not-found' });
    const path = join(home, other);
    writeFileSync(path, bytes);
    await expect(install({ known, wheels: [path] })).rejects.toMatchObject({ code: 'wheel-unknown' });
    expect(installed()).toBeUndefined();
  });

  it('a name that leads out of the folder is no wheel', async () => {
    const outside = 'tensorflow_cpu-9.8.7-cp311/../../../owned-abi-manylinux_2_27_x86_64.whl';
    server = await serveIndex('tensorflow-cpu', outside, bytes, { sha256: sha256(bytes) });
    await expect(install()).rejects.toMatchObject({ code: 'wheel-not-found' });
    expect(readdirSync(home).filter((entry) => entry.includes('owned'))).toEqual([]);
  });

  it('every wheel of CUDA has a published checksum', () => {
    const names = Object.keys(knownWheels).map((published) => parseWheelName(published)!);
    const cuda = planWheels('cuda', 'linux', 'x64');
    expect(cuda.requirements.filter((requirement) => !names.some((name) => fits(name, requirement, cuda)))).toEqual([]);
    expect(Object.values(knownWheels).filter((digest) => !/^[0-9a-f]{64}$/.test(digest))).toEqual([]);
  });

  it('remove: deletes it all and says how much; files of others stay', async () => {
    server = await serveIndex('tensorflow-cpu', file, bytes, { sha256: sha256(bytes) });
    const { manifest } = await install();
    mkdirSync(join(home, 'tensorflow-9.9.9-cpu.part'));
    writeFileSync(join(home, 'mine.txt'), 'x');
    expect(await removeTensorflow(home)).toBe(manifest.sizeBytes);
    expect(installed()).toBeUndefined();
    expect(readdirSync(home).toSorted()).toEqual(['install.lock', 'mine.txt']);
    expect(readFileSync(join(home, 'mine.txt'), 'utf8')).toBe('x');
    expect(await removeTensorflow(home)).toBe(0);
  });
});
