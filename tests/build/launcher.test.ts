import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pinnedNodePackage } from '../../bin/runtime.js';
import { benches, choose, soaks } from '../../build/task.mjs';

const root = resolve(import.meta.dirname, '../..');
const node = pinnedNodePackage() as { name: string };
let folder = '';
let launcher = '';

// Stands for the command line of an installed package.
const fakeCli = `
  const [word, value] = process.argv.slice(2);
  if (word === 'echo') process.stdout.write(JSON.stringify({ node: process.versions.node, args: process.argv.slice(2), cwd: process.cwd() }));
  if (word === 'code') process.exitCode = Number(value);
  if (word === 'stdin') process.stdin.pipe(process.stdout);
  if (word === 'wait') {
    process.once('SIGINT', () => { process.stdout.write('interrupted'); process.exit(130); });
    process.stdout.write(String(process.pid));
    setTimeout(() => {}, 60_000);
  }`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lab-launcher-'));
  cpSync(join(root, 'bin'), join(folder, 'bin'), { recursive: true });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  mkdirSync(join(folder, 'out/main'), { recursive: true });
  writeFileSync(join(folder, 'out/main/cli.js'), fakeCli);
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(join(root, 'node_modules', node.name), join(folder, 'node_modules', node.name), 'junction');
  launcher = join(folder, 'bin/lab.js');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts `lab wait`; resolves when the command line behind it has said its process id. */
async function startWaiting(): Promise<{ child: ChildProcess; pid: number; output: () => string }> {
  const child = spawn(process.execPath, [launcher, 'wait'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  await new Promise<void>((fulfil) =>
    child.stdout.on('data', (chunk) => {
      text += String(chunk);
      fulfil();
    }),
  );
  return { child, pid: Number(text), output: () => text };
}

async function isGone(pid: number): Promise<boolean> {
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await new Promise((fulfil) => setTimeout(fulfil, 10));
  }
  return false;
}

describe('bin/lab.js', () => {
  it('slow: runs the bundle with the pinned Node, arguments untouched', () => {
    const end = spawnSync(process.execPath, [launcher, 'echo', 'a b', '--x=1', ''], { encoding: 'utf8', cwd: tmpdir() });
    const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      optionalDependencies: Record<string, string>;
    };
    expect(JSON.parse(end.stdout)).toMatchObject({ node: optionalDependencies[node.name], args: ['echo', 'a b', '--x=1', ''] });
  });

  it('slow: passes the exit code and standard input through', () => {
    expect(spawnSync(process.execPath, [launcher, 'code', '3']).status).toBe(3);
    expect(spawnSync(process.execPath, [launcher, 'stdin'], { input: '{"space": 1}', encoding: 'utf8' }).stdout).toBe('{"space": 1}');
  });

  it.skipIf(process.platform === 'win32')('slow: SIGINT reaches the command line, which decides its exit code', async () => {
    const { child, output } = await startWaiting();
    child.kill('SIGINT');
    const code = await new Promise((fulfil) => child.on('close', fulfil));
    expect(code).toBe(130);
    expect(output()).toContain('interrupted');
  });

  it.skipIf(process.platform === 'win32')('slow: SIGTERM ends both, by the same signal', async () => {
    const { child, pid } = await startWaiting();
    child.kill('SIGTERM');
    const signal = await new Promise((fulfil) => child.on('close', (_code, name) => fulfil(name)));
    expect(signal).toBe('SIGTERM');
    expect(await isGone(pid)).toBe(true);
  });

  it('slow: kill -9 of the launcher leaves nothing running', async () => {
    const { child, pid } = await startWaiting();
    child.kill('SIGKILL');
    expect(await isGone(pid)).toBe(true);
  });

  it('slow: the pinned Node is missing: one sentence with a tip, exit code 1', () => {
    const bare = join(folder, 'bare');
    cpSync(join(folder, 'bin'), join(bare, 'bin'), { recursive: true });
    const manifest = readFileSync(join(root, 'package.json'), 'utf8').replaceAll(/"24\.\d+\.\d+"/g, '"24.99.0"');
    writeFileSync(join(bare, 'package.json'), manifest);
    const end = spawnSync(process.execPath, [join(bare, 'bin/lab.js')], { encoding: 'utf8' });
    expect(end.status).toBe(1);
    expect(end.stderr).toMatch(/pinned Node for this platform is not installed.* Tip: Install again/);
  });
});

describe('build/task.mjs', () => {
  it('a name chooses one program and takes the options; none chooses all; another is refused', () => {
    const table = { one: 'a.ts', two: 'b.ts' };
    expect(choose(table, 'bench', ['two', '--x'])).toEqual([['b.ts', '--x']]);
    expect(choose(table, 'bench', [])).toEqual([['a.ts'], ['b.ts']]);
    expect(() => choose(table, 'bench', ['--x']) as unknown).toThrow(/"--x" is none of one, two/);
  });

  it('every bench and soak run is a program that exists', () => {
    const paths = Object.values({ ...benches, ...soaks });
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('slow: an unknown task: exit code 2, naming the tasks', () => {
    const end = spawnSync(process.execPath, [join(root, 'build/task.mjs'), 'fly'], { encoding: 'utf8' });
    expect(end.status).toBe(2);
    expect(end.stderr).toMatch(/"fly" is none of .*test/);
  });
});
