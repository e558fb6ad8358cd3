import { once } from 'node:events';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ForwardedMethod, LabApi } from '../../../electron/ipc/contract.ts';
import { forwardedMethods } from '../../../electron/ipc/contract.ts';
import { forward, serveForwarded } from '../../../electron/lab/forwarding.ts';
import { temporaryFolder } from '../../db/temporary-folder.ts';

const calls: (readonly unknown[])[] = [];
const ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  calls.length = 0;
  for (const end of ends.splice(0)) await end();
});

async function serve(): Promise<string> {
  const path = join(temporaryFolder(), 's');
  const api = Object.fromEntries(
    forwardedMethods.map((method) => [method, async (...args: readonly unknown[]) => void calls.push([method, ...args])]),
  );
  ends.push(await serveForwarded(path, api as unknown as Pick<LabApi, ForwardedMethod>));
  return path;
}

describe.skipIf(process.platform === 'win32')('requests of other processes', () => {
  it.each([
    ['stopSearch', ['a', { now: true }]],
    ['stopSearch', ['a', {}]],
    ['annotate', ['a', { tags: ['x'], note: '' }]],
    ['removeExperiment', ['a']],
    ['importExperiment', ['/x']],
    ['addDataset', [{ root: '/x', name: 'n', anyway: true }]],
    ['removeDataset', ['n']],
    ['relocateDataset', ['n', '/x']],
  ] as const)('%s with %j is passed on', async (method, args) => {
    const path = await serve();
    expect(await forward(path, method, args)).toEqual({ value: null });
    expect(calls).toEqual([[method, ...args]]);
  });

  it.each([
    ['stopSearch', []],
    ['stopSearch', [1, {}]],
    ['annotate', ['a', { state: 'complete' }]],
    ['annotate', ['a', { tags: 'x' }]],
    ['removeExperiment', [['a']]],
    ['addDataset', ['/x']],
    ['relocateDataset', ['n']],
    ['doctor' as ForwardedMethod, [{ repair: 'start-empty' }]],
    ['constructor' as ForwardedMethod, []],
  ] as const)('%s with %j is refused and never called', async (method, args) => {
    const path = await serve();
    await expect(forward(path, method, args)).rejects.toMatchObject({ code: 'bad-request', tip: expect.any(String) });
    expect(calls).toEqual([]);
  });

  it('a line that is no request is answered with what is wrong', async () => {
    const socket = createConnection(await serve());
    socket.setEncoding('utf8');
    let answer = '';
    socket.on('data', (text: string) => {
      answer += text;
    });
    socket.write('GET / HTTP/1.1\n');
    await once(socket, 'end');
    expect(answer).toContain('bad-request');
  });

  it('nobody listens: undefined', async () => {
    expect(await forward(join(temporaryFolder(), 'nothing'), 'removeDataset', ['n'])).toBeUndefined();
  });
});
