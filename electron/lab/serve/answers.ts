import type { ServerResponse } from 'node:http';
import { safetyHeaders } from '../../ipc/csp.ts';
import type { Refusal } from './admission.ts';

export function send(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>, body: string | Uint8Array): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    ...safetyHeaders,
    'cache-control': 'no-store',
    ...headers,
    'content-length': String(Buffer.byteLength(body)),
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  send(response, status, { 'content-type': 'application/json' }, JSON.stringify(value));
}

/** For programs a failure, for people a line of text; a connection whose body was not read is closed. */
export function refuse(response: ServerResponse, { status, message }: Refusal): void {
  const isApi = response.req.url?.startsWith('/api/') === true;
  const close = status === 413 ? { connection: 'close' } : {};
  if (isApi) {
    const failure = { code: status === 401 ? 'not-admitted' : 'refused', message };
    send(response, status, { 'content-type': 'application/json', ...close }, JSON.stringify({ failure }));
    return;
  }
  send(response, status, { 'content-type': 'text/html; charset=utf-8', ...close }, page('Paretoscope', `<p>${message}</p>`));
}

/** A page without script or style. `head` and `body` are our own words. */
export function page(title: string, body: string, head = ''): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>${head}</head><body>${body}</body></html>\n`;
}
