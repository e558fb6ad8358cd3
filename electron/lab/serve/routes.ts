import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { LabApi } from '../../ipc/contract.ts';
import { safetyHeaders } from '../../ipc/csp.ts';
import { isInside } from '../../ipc/grants.ts';
import type { PathGrants } from '../../ipc/grants.ts';
import { failureOf, handleCall } from '../../ipc/handle-call.ts';
import type { ServeMedia } from '../media/media.ts';
import { refuse, send, sendJson } from './answers.ts';
import type { LateAnswers } from './late-answers.ts';
import { readBody } from './request-body.ts';
import { readStaticFile, segmentsOf } from './static-files.ts';

/** What the routes of one server share. */
export interface Served {
  readonly api: LabApi;
  readonly grants: PathGrants;
  readonly serveMedia: ServeMedia;
  /** Folder with the built interface. */
  readonly interfaceFolder: string;
  readonly exportsFolder: () => string;
  readonly late: LateAnswers;
}

type Route = (request: IncomingMessage, response: ServerResponse, url: URL, served: Served) => Promise<void>;

/** By the first segment of the path; everything else is a file of the interface. */
const getRoutes: Readonly<Record<string, Route>> = { media: sendMedia, exports: sendExport, later: sendLater };

/** Answers a request that was admitted. */
export async function answer(request: IncomingMessage, response: ServerResponse, served: Served): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://lab');
  const first = url.pathname.split('/')[1] ?? '';
  if (first === 'api') {
    if (request.method === 'POST') await callMethod(request, response, url, served);
    else refuse(response, { status: 405, message: 'Operations are called by POST.' });
  } else if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuse(response, { status: 405, message: 'Only GET is answered here.' });
  } else {
    const route = Object.hasOwn(getRoutes, first) ? getRoutes[first] : sendFile;
    await route?.(request, response, url, served);
  }
}

async function callMethod(request: IncomingMessage, response: ServerResponse, url: URL, { api, grants, late }: Served): Promise<void> {
  if (request.headers['content-type']?.split(';')[0]?.trim() !== 'application/json') {
    refuse(response, { status: 415, message: 'Arguments come as application/json.' });
    return;
  }
  const body = await readBody(request);
  if (body === undefined) {
    refuse(response, { status: 413, message: 'The arguments of one call may have 2 MB.' });
    return;
  }
  const args = argumentsIn(body);
  if (args === undefined) {
    refuse(response, { status: 400, message: 'A call is a JSON document { "args": [] }.' });
    return;
  }
  const timely = await late.within(handleCall(api, segmentsOf(url.pathname)?.slice(1).join('/'), args, grants));
  if ('later' in timely) sendJson(response, 202, timely);
  else sendJson(response, 200, timely.answer);
}

function argumentsIn(body: string): unknown {
  try {
    const call = JSON.parse(body) as { args?: unknown } | null;
    return typeof call === 'object' && call !== null && Array.isArray(call.args) ? call.args : undefined;
  } catch {
    return undefined;
  }
}

const unknownCall = {
  code: 'unknown-call',
  message: 'This answer is gone: it was fetched, or the lab was started again.',
  tip: 'Reload the page.',
};

/** /later/<name>: the answer of a call that took long. */
async function sendLater(_request: IncomingMessage, response: ServerResponse, url: URL, { late }: Served): Promise<void> {
  const answer = late.take(url.pathname.split('/')[2] ?? '');
  if (answer === 'pending') sendJson(response, 202, {});
  else if (answer === 'unknown') sendJson(response, 404, { failure: unknownCall });
  else sendJson(response, 200, answer);
}

async function sendMedia(_request: IncomingMessage, response: ServerResponse, url: URL, { serveMedia }: Served): Promise<void> {
  const path = segmentsOf(url.pathname)?.slice(1);
  if (path === undefined) {
    refuse(response, { status: 400, message: 'This address leads nowhere.' });
    return;
  }
  try {
    const { type, body } = await serveMedia({ path, query: Object.fromEntries(url.searchParams) });
    send(response, 200, { 'content-type': type, 'cache-control': 'private, max-age=3600' }, body);
  } catch (error) {
    sendJson(response, 404, { failure: failureOf(error) });
  }
}

/** /exports/<name>: a file of the exports folder, as a download. */
async function sendExport(request: IncomingMessage, response: ServerResponse, url: URL, { exportsFolder }: Served): Promise<void> {
  const path = segmentsOf(url.pathname)?.slice(1) ?? [];
  const file = await exportedFile(exportsFolder(), path);
  const name = path.at(-1) ?? '';
  if (file === undefined) {
    send(response, 404, { 'content-type': 'text/plain; charset=utf-8' }, 'There is no such export.\n');
    return;
  }
  response.writeHead(200, {
    ...safetyHeaders,
    'content-type': 'application/octet-stream',
    'content-length': file.bytes,
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
    'cache-control': 'no-store',
  });
  if (request.method === 'HEAD') response.end();
  else
    createReadStream(file.path)
      .on('error', () => response.destroy())
      .pipe(response);
}

async function exportedFile(
  folder: string,
  path: readonly string[],
): Promise<{ readonly path: string; readonly bytes: number } | undefined> {
  if (path.length === 0) return undefined;
  try {
    const root = await realpath(folder);
    const file = await realpath(join(root, ...path));
    const facts = await stat(file);
    return isInside(file, root) && facts.isFile() ? { path: file, bytes: facts.size } : undefined;
  } catch {
    return undefined;
  }
}

async function sendFile(_request: IncomingMessage, response: ServerResponse, url: URL, { interfaceFolder }: Served): Promise<void> {
  const file = await readStaticFile(interfaceFolder, url.pathname);
  if (file === undefined) send(response, 404, { 'content-type': 'text/plain; charset=utf-8' }, 'There is no such page.\n');
  else {
    const cache = file.isForever ? 'private, max-age=31536000, immutable' : 'no-cache';
    send(response, 200, { 'content-type': file.type, 'cache-control': cache }, file.body);
  }
}
