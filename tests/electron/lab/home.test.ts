import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { currentOwner, takeHome } from '../../../electron/lab/home-owner.ts';
import { layoutOf, resolveHome } from '../../../electron/lab/home.ts';
import { isAlive, markOf, ownMark } from '../../../electron/lab/process-mark.ts';
import { temporaryFolder } from '../../db/temporary-folder.ts';

describe('resolveHome', () => {
  const base = { env: {}, userHome: '/home/u', platform: 'linux' } as const;

  it('an argument goes before LAB_HOME, which goes before the folder of the platform; the result is absolute', () => {
    expect(resolveHome({ ...base, home: 'here', env: { LAB_HOME: '/there' } })).toBe(resolve('here'));
    expect(resolveHome({ ...base, env: { LAB_HOME: '/there' } })).toBe('/there');
    expect(resolveHome({ ...base, home: '', env: { LAB_HOME: '' } })).toBe('/home/u/.config/Paretoscope/lab');
  });

  it.each([
    ['linux', {}, '/home/u/.config/Paretoscope/lab'],
    ['linux', { XDG_CONFIG_HOME: '/x' }, '/x/Paretoscope/lab'],
    ['darwin', {}, '/home/u/Library/Application Support/Paretoscope/lab'],
    ['win32', { APPDATA: '/a/Roaming' }, '/a/Roaming/Paretoscope/lab'],
  ] as const)('%s with %j: %s', (platform, env, expected) => {
    expect(resolveHome({ userHome: '/home/u', platform, env })).toBe(expected);
  });

  it.skipIf(process.platform === 'win32')('a home with a long path has its socket where the path is short enough', () => {
    expect(layoutOf('/short').socket).toBe('/short/owner.sock');
    const long = layoutOf(`/${'long/'.repeat(30)}home`).socket;
    expect(Buffer.byteLength(long)).toBeLessThan(104);
    expect(layoutOf(`/${'long/'.repeat(30)}other`).socket).not.toBe(long);
  });
});

describe('takeHome', () => {
  it('one owner at a time, also within one process; given back it can be taken again', () => {
    const layout = layoutOf(join(temporaryFolder(), 'home'));
    const hold = takeHome(layout, 'first');
    expect(hold?.wasUnclean).toBe(false);
    expect(takeHome(layout, 'second')).toBeUndefined();
    expect(currentOwner(layout)).toMatchObject({ pid: process.pid, command: 'first' });
    hold?.release();
    expect(currentOwner(layout)).toBeUndefined();
    const again = takeHome(layout, 'third');
    expect(again?.wasUnclean).toBe(false);
    again?.release();
  });

  it('an owner that was killed loses the home, and its successor learns that it ended uncleanly', async () => {
    const layout = layoutOf(join(temporaryFolder(), 'home'));
    const code = `const { takeHome } = await import(${JSON.stringify(new URL('../../../electron/lab/home-owner.ts', import.meta.url).href)});
      takeHome(${JSON.stringify(layout)}, 'victim'); console.log('held'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    expect(takeHome(layout, 'test')).toBeUndefined();
    expect(currentOwner(layout)).toMatchObject({ pid: child.pid, command: 'victim' });
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(currentOwner(layout)).toBeUndefined();
    const hold = takeHome(layout, 'test');
    expect(hold?.wasUnclean).toBe(true);
    hold?.release();
  });
});

describe('marks of processes', () => {
  it('this process is alive; another start time, another boot and a process that ended are not', async () => {
    const mark = ownMark();
    expect(isAlive(mark)).toBe(true);
    expect(isAlive({ ...mark, startedAt: '1' })).toBe(false);
    expect(isAlive({ ...mark, bootId: 'another' })).toBe(false);
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 10000)']);
    const other = markOf(child.pid as number);
    expect(other !== undefined && isAlive(other)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(other !== undefined && isAlive(other)).toBe(false);
  });
});
