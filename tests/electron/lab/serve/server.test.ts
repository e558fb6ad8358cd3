import { symlinkSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { contentPolicy } from '../../../../electron/ipc/csp.ts';
import type { serveLab } from '../../../../electron/lab/serve/server.ts';
import { ask, startServer } from './serve-fixture.ts';

describe('what belongs here', () => {
  test('the page, its files, a call and its policy', async () => {
    const { get, call } = await startServer();
    const page = await get('/');
    expect(page.status).toBe(200);
    expect(page.headers['content-security-policy']).toBe(contentPolicy);
    expect((await get('/assets/main-1f.js')).headers['cache-control']).toContain('immutable');
    expect((await call('experiment', ['hrnas-1'])).json()).toEqual({ value: { method: 'experiment', args: ['hrnas-1'] } });
  });

  test('the policy: nothing but its own files, no unsafe word', () => {
    expect(contentPolicy).toMatch(/^default-src 'none'; /);
    expect(contentPolicy).not.toContain('unsafe');
    expect(contentPolicy).not.toContain('*');
  });

  test('pictures come by segments, exports as downloads', async () => {
    const { get, folder } = await startServer();
    writeFileSync(join(folder, 'exports/front.csv'), 'a,b');
    expect((await get('/media/city%20v3/val/7/image.png')).text).toBe('city v3|val|7|image.png');
    const file = await get('/exports/front.csv');
    expect(file.text).toBe('a,b');
    expect(file.headers['content-disposition']).toMatch(/^attachment/);
  });

  test('folders below the granted ones, without a way up', async () => {
    const { call, folder } = await startServer();
    const { value } = (await call('listFolders', [])).json() as { value: { path: string; parent?: string } };
    expect(value).toMatchObject({ path: join(folder, 'granted'), folders: [] });
    expect(value.parent).toBeUndefined();
    expect((await call('listFolders', [{ path: folder }])).json()).toMatchObject({ failure: { code: 'path-not-granted' } });
  });

  test('a call that takes longer than a connection is held is fetched later, once', async () => {
    const { get, call } = await startServer({ patienceMs: 5 });
    const reply = await call('whenEnded', ['x']);
    expect(reply.status).toBe(202);
    const { later } = reply.json() as { later: string };
    expect((await get(`/later/${later}`)).status).toBe(202);
    await delay(60);
    expect((await get(`/later/${later}`)).json()).toMatchObject({ value: { method: 'whenEnded' } });
    expect((await get(`/later/${later}`)).status).toBe(404);
  });
});

describe('who is let in', () => {
  test('nobody without a session: no page, no file, no call, no events', async () => {
    const { get, call, server } = await startServer();
    for (const path of ['/', '/assets/main-1f.js', '/media/a/b', '/exports/x', '/later/call-1']) {
      expect((await get(path, { cookie: undefined })).status, path).toBe(401);
    }
    expect((await call('experiments', [], { cookie: undefined })).status).toBe(401);
    expect(await socketStatus(server.port, { origin: `http://127.0.0.1:${server.port}` })).toBe(401);
  });

  test('an address works once, and the next one is told', async () => {
    const { get, server, addresses } = await startServer();
    const path = server.address.slice(server.address.indexOf('/?'));
    expect(addresses).toEqual([server.address]);
    expect((await get(path, { cookie: undefined })).headers['set-cookie']).toBeDefined();
    const again = await get(path, { cookie: undefined });
    expect(again.status).toBe(401);
    expect(again.headers['set-cookie']).toBeUndefined();
    expect(addresses).toHaveLength(2);
  });

  test('a wrong token and a made-up session are refused', async () => {
    const { get, server } = await startServer();
    expect((await get('/?token=x', { cookie: undefined })).status).toBe(401);
    expect((await get('/', { cookie: `lab-session-${server.port}=${'A'.repeat(43)}` })).status).toBe(401);
  });

  test('HEAD, as programs that look at links send it, uses no address up', async () => {
    const { server, addresses } = await startServer();
    const { pathname, search } = new URL(server.address);
    expect((await ask(server.port, pathname + search, { method: 'HEAD' })).status).toBe(401);
    expect(addresses).toHaveLength(1);
  });

  test('the cookie is out of reach for scripts and other sites', async () => {
    const { server } = await startServer();
    const { pathname, search } = new URL(server.address);
    const [cookie] = (await ask(server.port, pathname + search, {})).headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict$/);
  });

  test('only the loopback address listens', async () => {
    const { server } = await startServer();
    const other = Object.values(networkInterfaces())
      .flat()
      .find((one) => one !== undefined && !one.internal && one.family === 'IPv4');
    if (other === undefined) return;
    const code = await new Promise((done) => {
      createConnection({ host: other.address, port: server.port, timeout: 2_000 })
        .on('connect', () => done('connected'))
        .on('error', (error: NodeJS.ErrnoException) => done(error.code))
        .on('timeout', () => done('timeout'));
    });
    expect(code).not.toBe('connected');
  });

  test('a port that is taken: which one, and what to do', async () => {
    const { server } = await startServer();
    await expect(startServer({ port: server.port })).rejects.toMatchObject({
      code: 'port-in-use',
      message: expect.stringContaining(`${server.port}`),
    });
  });
});

describe('requests that another page makes a browser send', () => {
  test.each(['http://evil.example', 'null', 'http://127.0.0.1:1', 'https://127.0.0.1', undefined])(
    'a call with Origin %s',
    async (origin) => {
      const { call, calls } = await startServer();
      expect((await call('removeExperiment', ['x'], { origin })).status).toBe(403);
      expect(calls).toEqual([]);
    },
  );

  test.each(['evil.example', '127.0.0.1', '127.0.0.1:1', 'localhost.evil.example', '[::1]', undefined])(
    'a Host %s (DNS rebinding)',
    async (name) => {
      const { get, call, server } = await startServer();
      const host = name?.startsWith('[') === true ? `${name}:${server.port}` : name;
      // Without one Node itself answers 400.
      const refused = host === undefined ? [400] : [421];
      const raw = host === undefined ? await withoutHost(server.port) : (await get('/', { host })).status;
      expect(refused).toContain(raw);
      if (host !== undefined) expect((await call('experiments', [], { host, origin: `http://${host}` })).status).toBe(421);
    },
  );

  test('pages of other servers of this machine, which share the cookie', async () => {
    const { get } = await startServer();
    expect((await get('/media/a', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' })).status).toBe(
      403,
    );
    expect((await get('/', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' })).status).toBe(403);
    expect((await get('/', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' })).status).toBe(
      200,
    );
  });

  test('no answer allows another origin, and the question for it is refused', async () => {
    const { get, server, cookie } = await startServer();
    const reply = await ask(server.port, '/api/experiments', {
      method: 'OPTIONS',
      headers: { cookie, 'access-control-request-method': 'POST' },
    });
    expect(reply.status).toBe(405);
    for (const { headers } of [reply, await get('/')])
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test('a form, which needs no leave to be sent, is no call', async () => {
    const { post, calls } = await startServer();
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', undefined]) {
      expect((await post('/api/experiments', '{"args":[]}', { 'content-type': type })).status).toBe(415);
    }
    expect(calls).toEqual([]);
  });

  test.each(['http://evil.example', undefined])('the event stream with Origin %s', async (origin) => {
    const { server, cookie } = await startServer();
    expect(await socketStatus(server.port, { cookie, ...(origin === undefined ? {} : { origin }) })).toBe(403);
  });

  test('the event stream with a foreign Host, and at another path', async () => {
    const { server, cookie, origin } = await startServer();
    expect(await socketStatus(server.port, { cookie, host: 'evil.example', origin: 'http://evil.example' })).toBe(421);
    expect(await socketStatus(server.port, { cookie, origin }, '/api/experiments')).toBe(400);
  });
});

describe('what a page that was taken over could ask for', () => {
  test.each([
    '/../outside/secret.json',
    '/assets/../../outside/secret.json',
    '/%2e%2e/outside/secret.json',
    '/..%2foutside%2fsecret.json',
    '/assets/..%5c..%5coutside%5csecret.json',
    '/%252e%252e/outside/secret.json',
    '/assets/%00/../secret.json',
    '//outside/secret.json',
    '/C:/secret.json',
    '/%E0%A4%A',
    '/media/%2e%2e/x',
    '/exports/%2e%2e%2foutside%2fsecret.json',
    '/exports/../outside/secret.json',
  ])('a file outside: %s', async (path) => {
    const { get } = await startServer();
    const reply = await get(path);
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.text).not.toContain('secret":true');
  });

  test('a link that leads out of the interface, the exports, or a granted folder', async () => {
    const { get, call, folder, calls } = await startServer();
    for (const name of ['interface', 'exports', 'granted']) symlinkSync(join(folder, 'outside'), join(folder, name, 'way-out'));
    symlinkSync(join(folder, 'nowhere'), join(folder, 'granted/dangling'));
    expect((await get('/way-out/secret.json')).status).toBe(404);
    expect((await get('/exports/way-out/secret.json')).status).toBe(404);
    for (const path of ['granted/way-out', 'granted/../outside', 'granted/dangling', 'granted/dangling/x']) {
      const reply = await call('addDataset', [{ root: `${folder}/${path}` }]);
      expect(reply.json(), path).toMatchObject({ failure: { code: 'path-not-granted' } });
    }
    expect((await call('addDataset', [{ root: 'granted' }])).json()).toMatchObject({ failure: { code: 'path-not-granted' } });
    expect((await call('exportExperiment', ['x', join(folder, 'granted/way-out/new.naslab')])).json()).toMatchObject({ failure: {} });
    expect(calls).toEqual([]);
    expect((await call('exportExperiment', ['x', join(folder, 'granted/new/x.naslab')])).json()).toMatchObject({ value: {} });
  });

  test.each(['__proto__', 'constructor', 'toString', 'onEvent', 'close', 'hasOwnProperty', '', 'experiments/x', 'Experiments'])(
    'the method %s',
    async (method) => {
      const { call, calls } = await startServer();
      expect((await call(method, [])).json()).toMatchObject({ failure: { code: 'unknown-method' } });
      expect(calls).toEqual([]);
    },
  );

  test('arguments of another shape: every wrong place is named, nothing is done', async () => {
    const { call, calls } = await startServer();
    const wrong = [
      ['experiment', [7]],
      ['experiment', []],
      ['experiment', ['a', 'b', 'c']],
      ['annotate', ['x', { name: 'n', polluted: true }]],
      ['scalars', ['x', 'loss', { maxPoints: -1 }]],
      ['experiments', [{}]],
    ] as const;
    for (const [method, args] of wrong) {
      expect((await call(method, args)).json(), `${method} ${JSON.stringify(args)}`).toMatchObject({
        failure: { code: 'invalid-arguments' },
      });
    }
    expect(calls).toEqual([]);
    const { failure } = (await call('annotate', [7, { tags: 'x' }])).json() as { failure: { message: string } };
    expect(failure.message).toMatch(/args\.0:.*args\.1\.tags:/);
  });

  test.each(['', 'no json', 'null', '[]', '{}', '{"args":{}}', '{"args":null}'])('a body %s: status 400', async (body) => {
    const { post } = await startServer();
    expect((await post('/api/experiments', body)).status).toBe(400);
  });

  test('a body that is too long, said or unsaid: refused, and the server goes on', async () => {
    const { post, call } = await startServer();
    const body = JSON.stringify({ args: ['x'.repeat(2 * 1024 * 1024)] });
    expect((await post('/api/experiment', body)).status).toBe(413);
    const unsaid = await post('/api/experiment', body, { 'transfer-encoding': 'chunked' }).catch(() => ({ status: 413 }));
    expect(unsaid.status).toBe(413);
    expect((await call('experiments', [])).status).toBe(200);
  });

  test('an error without a code leaves without its stack', async () => {
    const api = new Proxy({} as Parameters<typeof serveLab>[0]['api'], { get: () => () => Promise.reject(new TypeError('boom')) });
    const { call } = await startServer({ api });
    expect((await call('experiments', [])).json()).toEqual({ failure: { code: 'unexpected', message: 'boom' } });
  });
});

/** The status that an upgrade is answered with; 101 when it is let in. */
function socketStatus(port: number, headers: Readonly<Record<string, string>>, path = '/events'): Promise<number | undefined> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
  return new Promise((done) => {
    socket.on('unexpected-response', (_request, response) => {
      response.destroy();
      done(response.statusCode);
    });
    socket.on('open', () => {
      socket.terminate();
      done(101);
    });
    socket.on('error', () => undefined);
  });
}

/** The status of a request that has no Host. */
function withoutHost(port: number): Promise<number> {
  return new Promise((done) => {
    const socket = createConnection({ host: '127.0.0.1', port }, () => socket.write('GET / HTTP/1.1\r\n\r\n'));
    socket.once('data', (data) => {
      socket.destroy();
      done(Number(data.toString().split(' ')[1]));
    });
  });
}
