import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkNodeVersion, findPinnedNode, nodePackages, pinnedNodePackage } from '../../bin/runtime.js';
import { explainNpmFailure, isInstalled, npmCommand } from '../../build/setup/install.mjs';
import { areKernelsBuilt, kernelHash } from '../../build/setup/kernels.mjs';
import { createWhole, takeLock } from '../../build/setup/lock.mjs';
import { hideAddresses } from '../../build/setup/report.mjs';

const root = resolve(import.meta.dirname, '../..');
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lab-setup-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string, content: unknown): void {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, typeof content === 'string' ? content : JSON.stringify(content));
}

describe('pinned Node', () => {
  it('every platform of the table has an exact version in package.json and an entry in the lock file', () => {
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, { version: string }> };
    for (const [platform, name] of Object.entries(nodePackages)) {
      const [os = '', cpu = ''] = platform.split('-');
      const pinned = pinnedNodePackage(os as NodeJS.Platform, cpu as NodeJS.Architecture) as { name: string; version: string };
      expect(pinned.version).toMatch(/^24\.\d+\.\d+$/);
      expect(lock.packages[`node_modules/${name}`]?.version).toBe(pinned.version);
    }
  });

  it.each([
    ['freebsd', 'x64'],
    ['linux', 'ia32'],
    ['win32', 'arm64'],
  ] as const)('%s-%s: refused, naming what is supported', (platform, arch) => {
    expect(() => pinnedNodePackage(platform, arch)).toThrow(new RegExp(`runs on linux-x64.*this machine is ${platform}-${arch}`));
  });

  it('Node 18: refused with its version; Node 20: accepted', () => {
    expect(() => checkNodeVersion('18.20.1')).toThrow(/Node 20 or newer .* this is Node 18\.20\.1/);
    expect(() => checkNodeVersion('20.0.0')).not.toThrow();
  });

  it('a package of another version counts as missing', () => {
    const { name, version } = pinnedNodePackage() as { name: string; version: string };
    write('package.json', { optionalDependencies: { [name]: version } });
    write(`node_modules/${name}/bin/node`, '');
    write(`node_modules/${name}/bin/node.exe`, '');
    write(`node_modules/${name}/package.json`, { version: '24.0.1' });
    expect(findPinnedNode(folder)).toBeUndefined();
    write(`node_modules/${name}/package.json`, { version: `v${version}` });
    expect(findPinnedNode(folder)).toContain(name);
  });
});

describe('isInstalled', () => {
  const wanted = { packages: { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0', optional: true } } };
  const installed = { packages: { 'node_modules/a': { version: '1.0.0' } } };

  it('all packages there, an optional one of another platform missing: installed', () => {
    write('package-lock.json', wanted);
    write('node_modules/.package-lock.json', installed);
    write('node_modules/a/package.json', {});
    expect(isInstalled(folder)).toBe(true);
  });

  it.each([
    ['nothing installed', {}],
    ['cut off before npm finished', { 'node_modules/a/package.json': {} }],
    [
      'an older version',
      { 'node_modules/a/package.json': {}, 'node_modules/.package-lock.json': { packages: { 'node_modules/a': { version: '0.9.0' } } } },
    ],
    ['a package folder removed by hand', { 'node_modules/.package-lock.json': installed }],
    ['a damaged list', { 'node_modules/a/package.json': {}, 'node_modules/.package-lock.json': '{"packages": ' }],
  ])('%s: not installed', (_title, files) => {
    write('package-lock.json', wanted);
    for (const [path, content] of Object.entries(files)) write(path, content);
    expect(isInstalled(folder)).toBe(false);
  });
});

describe('npm', () => {
  it.each([
    [
      'npm error code ENOTFOUND\nnpm error network request to https://host.example/a failed',
      'no-network',
      /could not be reached \(ENOTFOUND\)/,
    ],
    ['npm error code ENOTCACHED', 'no-network', /ENOTCACHED/],
    ['npm error code ECONNREFUSED', 'no-network', /ECONNREFUSED/],
    ['npm error code ENOSPC\nnpm error nospc no space left on device', 'no-disk-space', /disk is full/],
    ['npm error code EACCES\nnpm error syscall mkdir', 'folder-not-writable', /may not write/],
    ['npm error code EINTEGRITY', 'package-damaged', /differs from the checksum/],
    [
      'npm error code EUSAGE\nnpm error `npm ci` can only install packages when your package.json and package-lock.json or npm-shrinkwrap.json are in sync.',
      'lock-file-differs',
      /do not agree/,
    ],
    [
      'npm error code EWHAT\nnpm error something at https://host.example/a broke',
      'install-failed',
      /ended with code 7 \(something at <address> broke\)/,
    ],
  ])('%s', (output, code, message) => {
    const error = explainNpmFailure(output, 7) as Error & { code: string; tip: string };
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.tip).not.toBe('');
    expect(`${error.message}${error.tip}`).not.toContain('host.example');
  });

  it('messages name no address', () => {
    expect(hideAddresses('GET https://user:secret@host.example/x failed')).toBe('GET <address> failed');
  });

  it('the npm that runs us is taken; yarn is not; else the one of the path', () => {
    write('npm-cli.js', '');
    expect(npmCommand({ npm_execpath: join(folder, 'npm-cli.js') }, '/nowhere/bin/node')).toMatchObject({
      args: [join(folder, 'npm-cli.js')],
      shell: false,
    });
    expect(npmCommand({ npm_execpath: '/opt/yarn.js' }, '/nowhere/bin/node')).toMatchObject({ command: 'npm', args: [] });
  });
});

describe('kernels', () => {
  it('are built again when a source changes, and not before', () => {
    write('package.json', { devDependencies: { assemblyscript: '1.0.0' } });
    write('build/kernels.ts', 'build');
    expect(areKernelsBuilt(folder)).toBe(true); // no sources, nothing to build
    write('engine/backend/wasm/kernels/gemm.ts', 'one');
    expect(areKernelsBuilt(folder)).toBe(false);
    write('engine/backend/wasm/kernels.wasm', 'bytes');
    write('.setup/kernels.json', { hash: kernelHash(folder) as string });
    expect(areKernelsBuilt(folder)).toBe(true);
    write('engine/backend/wasm/kernels/gemm.ts', 'two');
    expect(areKernelsBuilt(folder)).toBe(false);
  });

  it.each(['', '{"hash": "ab', 'null', '{}'])('what they were built from is not known (%j): they are built again', (stamp) => {
    write('package.json', { devDependencies: {} });
    write('build/kernels.ts', 'build');
    write('engine/backend/wasm/kernels/gemm.ts', 'one');
    write('engine/backend/wasm/kernels.wasm', 'bytes');
    write('.setup/kernels.json', stamp);
    expect(areKernelsBuilt(folder)).toBe(false);
  });
});

describe('the lock of set-up', () => {
  const deadPid = (): number => Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));

  it('is taken, held and given back', async () => {
    const path = join(folder, 'lock');
    const lock = await takeLock(path);
    expect(existsSync(path)).toBe(true);
    lock.release();
    expect(existsSync(path)).toBe(false);
  });

  it('a second one waits for the first and names it', async () => {
    const path = join(folder, 'lock');
    const first = await takeLock(path);
    const order: string[] = [];
    const second = takeLock(path, (pid: number) => order.push(`waits for ${pid}`), 5).then((lock: { release(): void }) => {
      order.push('second');
      lock.release();
    });
    await new Promise((fulfil) => setTimeout(fulfil, 30));
    order.push('first gives back');
    first.release();
    await second;
    expect(order).toEqual([`waits for ${process.pid}`, 'first gives back', 'second']);
  });

  it.each([
    ['its owner is dead', (): string => JSON.stringify({ pids: [deadPid()], host: hostname() }), 0],
    ['the file is damaged', (): string => '{"pids": [', 2],
    ['another host has not answered for two minutes', (): string => JSON.stringify({ pids: [process.pid], host: 'elsewhere' }), 120],
  ])('slow: %s: taken over', async (_title, content, ageSeconds) => {
    const path = join(folder, 'lock');
    writeFileSync(path, content());
    const then = Date.now() / 1000 - ageSeconds;
    utimesSync(path, then, then);
    const lock = await takeLock(path, () => expect.unreachable('nobody holds it'));
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pids: [process.pid] });
    lock.release();
  });

  it('slow: stays taken while a child of a killed owner lives', async () => {
    const path = join(folder, 'lock');
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
    writeFileSync(path, JSON.stringify({ pids: [deadPid(), child.pid], host: hostname() }));
    let isWaiting = false;
    const taken = takeLock(path, () => (isWaiting = true), 5);
    await new Promise((fulfil) => setTimeout(fulfil, 40));
    expect(isWaiting).toBe(true);
    child.kill('SIGKILL');
    (await taken).release();
  });
});

describe('a file system without hard links', () => {
  const noLinks = (): never => {
    throw Object.assign(new Error('not supported'), { code: 'ENOTSUP' });
  };

  it('the first creates the lock, the second is told that it exists', () => {
    const path = join(folder, 'lock');
    expect(createWhole(path, 'first', noLinks)).toBe(true);
    expect(createWhole(path, 'second', noLinks)).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe('first');
  });

  it('an empty lock of a moment ago is waited for', async () => {
    const path = join(folder, 'lock');
    writeFileSync(path, '');
    const order: string[] = [];
    const taken = takeLock(path, () => order.push('waits'), 5);
    await new Promise((fulfil) => setTimeout(fulfil, 30));
    expect(order).toEqual(['waits']);
    rmSync(path);
    (await taken).release();
  });
});

describe('ensureSetup', () => {
  const program = `
    import { ensureSetup } from ${JSON.stringify(join(root, 'build/setup/setup.mjs'))};
    import { printError } from ${JSON.stringify(join(root, 'bin/runtime.js'))};
    try { process.stdout.write(await ensureSetup(process.argv[1])); } catch (error) { printError(error); process.exitCode = 1; }`;
  // Stands for npm: counts its calls, then links the packages that set-up tries out.
  const fakeNpm = (work: string): string => `
    import { appendFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
    appendFileSync('calls.txt', process.argv.slice(2).join(' ') + '\\n');
    await new Promise((fulfil) => setTimeout(fulfil, 100));
    ${work}`;

  function setUp(npm: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const node = pinnedNodePackage() as { name: string; version: string };
    write('package.json', { type: 'module', optionalDependencies: { [node.name]: node.version } });
    write('package-lock.json', { packages: { '': {} } });
    write('npm-cli.js', npm);
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, folder], {
      cwd: folder,
      env: { ...process.env, npm_execpath: join(folder, 'npm-cli.js'), npm_node_execpath: process.execPath },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += String(chunk)));
    child.stderr.on('data', (chunk) => (stderr += String(chunk)));
    return new Promise((fulfil) => child.on('close', (code) => fulfil({ code, stdout, stderr })));
  }

  const links = `
    mkdirSync('node_modules', { recursive: true });
    for (const name of ['sharp', 'better-sqlite3', ${JSON.stringify((pinnedNodePackage() as { name: string }).name)}])
      symlinkSync(${JSON.stringify(join(root, 'node_modules'))} + '/' + name, 'node_modules/' + name, 'junction');
    writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages: {} }));`;

  it('slow: two at once install once, a third one does nothing', async () => {
    const ends = await Promise.all([setUp(fakeNpm(links)), setUp(fakeNpm(links))]);
    expect(ends.map((end) => end.code)).toEqual([0, 0]);
    const said = ends.map((end) => end.stderr).join('');
    expect(said.match(/Installing the packages .*: done in/g)).toHaveLength(1);
    expect(said).toMatch(/another one \(process \d+\) is at work in this folder; waiting for it/);
    const third = await setUp(fakeNpm(links));
    expect(third).toMatchObject({ code: 0, stderr: '' });
    const calls = readFileSync(join(folder, 'calls.txt'), 'utf8').trim().split('\n');
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatch(/^ci --ignore-scripts .*--prefer-offline/);
    expect(existsSync(join(folder, '.setup', 'lock'))).toBe(false);
  });

  it('slow: no network: one sentence, exit code 1, the lock given back', async () => {
    const end = await setUp(fakeNpm("console.error('npm error code EAI_AGAIN'); process.exit(1);"));
    expect(end.code).toBe(1);
    expect(end.stderr).toMatch(/could not be reached \(EAI_AGAIN\)\. Tip: Check the connection/);
    expect(existsSync(join(folder, '.setup', 'lock'))).toBe(false);
  });

  it('slow: npm leaves out the pinned Node: named', async () => {
    const end = await setUp(fakeNpm("mkdirSync('node_modules'); writeFileSync('node_modules/.package-lock.json', '{\"packages\":{}}');"));
    expect(end.code).toBe(1);
    expect(end.stderr).toMatch(/npm left out node-\S+ 24\./);
  });

  it('slow: a damaged cache: tried once more from the network', async () => {
    const end = await setUp(
      fakeNpm(`if (process.argv.includes('--prefer-offline')) { console.error('npm error code EINTEGRITY'); process.exit(1); } ${links}`),
    );
    expect(end.code).toBe(0);
    expect(readFileSync(join(folder, 'calls.txt'), 'utf8')).toMatch(/--prefer-offline.*\n.*--prefer-online/);
  });
});
