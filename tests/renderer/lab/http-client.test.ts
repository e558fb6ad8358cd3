// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { LabEvent } from '../../../electron/ipc/contract.ts';
import type { ConnectionChange } from '../../../renderer/lab/connection.ts';
import { httpLab } from '../../../renderer/lab/http-client.ts';

class FakeSocket {
  static readonly opened: FakeSocket[] = [];
  onopen = (): void => undefined;
  onclose = (): void => undefined;
  onmessage = (_message: { data: string }): void => undefined;
  constructor() {
    FakeSocket.opened.push(this);
  }
}

function answering(body: unknown, status = 200) {
  const fetched = vi.fn(async (_address: string, _request: RequestInit) => new Response(JSON.stringify(body), { status }));
  vi.stubGlobal('fetch', fetched);
  return fetched;
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  FakeSocket.opened.length = 0;
});

describe('the lab over HTTP', () => {
  it('a call posts its arguments without those that were left out, and resolves with the value', async () => {
    const fetched = answering({ value: [1] });
    expect(await httpLab(() => undefined).log('a', undefined)).toEqual([1]);
    expect(fetched.mock.calls[0]?.[0]).toBe('/api/log');
    expect(fetched.mock.calls[0]?.[1]).toMatchObject({ method: 'POST', body: '{"args":["a"]}' });
  });

  it('a failure keeps its code and tip; a server that does not answer is said in words', async () => {
    answering({ failure: { code: 'unknown-experiment', message: 'There is none.', tip: 'lab ls' } });
    await expect(httpLab(() => undefined).experiment('x')).rejects.toMatchObject({ code: 'unknown-experiment', tip: 'lab ls' });
    answering({}, 401);
    await expect(httpLab(() => undefined).experiments()).rejects.toMatchObject({ code: 'not-admitted' });
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('refused')));
    await expect(httpLab(() => undefined).experiments()).rejects.toMatchObject({ code: 'no-connection' });
  });

  it('a socket that closes is opened again, later and later; what was missed is told as resync', async () => {
    vi.useFakeTimers();
    vi.stubGlobal('WebSocket', FakeSocket);
    const changes: ConnectionChange[] = [];
    const seen: LabEvent[] = [];
    httpLab((change) => changes.push(change)).onEvent((event) => seen.push(event));
    FakeSocket.opened[0]?.onopen();
    FakeSocket.opened[0]?.onmessage({ data: '{"events":[{"type":"plans"}]}' });
    FakeSocket.opened[0]?.onclose();
    await vi.advanceTimersByTimeAsync(500);
    FakeSocket.opened[1]?.onclose();
    await vi.advanceTimersByTimeAsync(999);
    expect(FakeSocket.opened.length).toBe(2);
    await vi.advanceTimersByTimeAsync(1);
    FakeSocket.opened[2]?.onopen();
    expect(changes).toEqual(['open', 'lost', 'lost', 'resync']);
    expect(seen).toEqual([{ type: 'plans' }]);
  });
});
