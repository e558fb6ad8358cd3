import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach } from 'vitest';
import { PathGrants } from '../../../../electron/ipc/grants.ts';
import type { LabApi } from '../../../../electron/ipc/contract.ts';
import { labMethods } from '../../../../electron/ipc/methods.ts';
import { browserPlaces } from '../../../../electron/lab/places/places.ts';
import { serveLab } from '../../../../electron/lab/serve/server.ts';
import type { RunningServer, ServeOptions } from '../../../../electron/lab/serve/server.ts';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  json(): Record<string, unknown>;
}

export interface TestServer {
  readonly server: RunningServer;
  readonly folder: string;
  readonly origin: string;
  /** Addresses that were told after the first one. */
  readonly addresses: string[];
  readonly calls: { readonly method: string; readonly args: readonly unknown[] }[];
  emit(event: Parameters<Parameters<LabApi['onEvent']>[0]>[0]): void;
  /** As the browser of a user would ask: with the session's cookie, unless the headers say otherwise. */
  get(path: string, headers?: Readonly<Record<string, string | undefined>>): Promise<Reply>;
  call(method: string, args: unknown, headers?: Readonly<Record<string, string | undefined>>): Promise<Reply>;
  post(path: string, body: string, headers?: Readonly<Record<string, string | undefined>>): Promise<Reply>;
  cookie: string;
}

/** A server with a lab that answers every method with its own arguments (whenEnded after 40 ms); folder: interface/, exports/, granted/, outside/. */
export async function startServer(change: Partial<ServeOptions> = {}): Promise<TestServer> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lab-http-')));
  closing.push(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['interface/assets', 'exports', 'granted', 'outside']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'interface/index.html'), '<!doctype html><title>Paretoscope</title>');
  writeFileSync(join(folder, 'interface/assets/main-1f.js'), 'export {};');
  writeFileSync(join(folder, 'outside/secret.json'), '{"secret":true}');
  const listeners = new Set<Parameters<LabApi['onEvent']>[0]>();
  const calls: TestServer['calls'] = [];
  const grants = new PathGrants([join(folder, 'granted')]);
  const echo = labMethods.map((method) => [
    method,
    async (...args: unknown[]) => {
      if (method === 'whenEnded') await delay(40);
      calls.push({ method, args });
      return { method, args };
    },
  ]);
  const api = {
    ...(Object.fromEntries(echo) as unknown as LabApi),
    ...browserPlaces(folder, grants),
    onEvent: (listener: Parameters<LabApi['onEvent']>[0]) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  } satisfies LabApi;
  const addresses: string[] = [];
  const server = await serveLab({
    api,
    grants,
    serveMedia: async ({ path }) => ({ type: 'image/png', body: Buffer.from(path.join('|')) }),
    interfaceFolder: join(folder, 'interface'),
    exportsFolder: () => join(folder, 'exports'),
    onAddress: (address) => addresses.push(address),
    ...change,
  });
  closing.push(() => server.close());
  const cookie = await enter(server);
  const origin = `http://127.0.0.1:${server.port}`;
  const post: TestServer['post'] = (path, body, headers = {}) =>
    ask(server.port, path, { method: 'POST', body, headers: { cookie, origin, 'content-type': 'application/json', ...headers } });
  return {
    server,
    folder,
    origin,
    addresses,
    calls,
    cookie,
    emit: (event) => listeners.forEach((listener) => listener(event)),
    get: (path, headers = {}) => ask(server.port, path, { headers: { cookie, ...headers } }),
    call: (method, args, headers) => post(`/api/${method}`, JSON.stringify({ args }), headers),
    post,
  };
}

/** The cookie that the server's address is exchanged for. */
async function enter(server: RunningServer): Promise<string> {
  const { pathname, search } = new URL(server.address);
  const reply = await ask(server.port, `${pathname}${search}`, {});
  return String(reply.headers['set-cookie']).split(';')[0] ?? '';
}

/** A request as it is: no header is corrected, the path is sent as given. Headers that are undefined are left out. */
export function ask(
  port: number,
  path: string,
  { method = 'GET', headers = {}, body = '' }: { method?: string; headers?: Readonly<Record<string, string | undefined>>; body?: string },
): Promise<Reply> {
  const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
  return new Promise((done, fail) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers: given as Record<string, string> }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () => {
        done({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: () => JSON.parse(text) as Record<string, unknown>,
        });
      });
    });
    asked.on('error', fail);
    asked.end(body);
  });
}
