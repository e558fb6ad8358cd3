import { protocol } from 'electron';
import { safetyHeaders } from '../ipc/csp.ts';
import { readStaticFile, segmentsOf } from '../lab/serve/static-files.ts';
import type { MediaAnswer, MediaRequest } from '../lab/media/media.ts';
import { host, scheme } from './handle.ts';

/** Before the app is ready: our scheme is a standard one, with an origin, as safe as https. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } }]);
}

/** app://lab/…: the interface's files and /media/…; nothing else answers, and nothing is fetched from the network. */
export function handleScheme(interfaceFolder: string, media: (request: MediaRequest) => Promise<MediaAnswer>): void {
  protocol.handle(scheme, (request) => answer(request, interfaceFolder, media));
}

export async function answer(
  request: Pick<Request, 'url' | 'method'>,
  interfaceFolder: string,
  media: (request: MediaRequest) => Promise<MediaAnswer>,
): Promise<Response> {
  const url = new URL(request.url);
  if (url.host !== host || (request.method !== 'GET' && request.method !== 'HEAD')) return respond(403, 'text/plain', 'Refused.');
  const segments = segmentsOf(url.pathname);
  if (segments === undefined) return respond(400, 'text/plain', 'This address leads nowhere.');
  if (segments[0] === 'media') return sendMedia({ path: segments.slice(1), query: Object.fromEntries(url.searchParams) }, media);
  const file = await readStaticFile(interfaceFolder, url.pathname);
  return file === undefined ? respond(404, 'text/plain', 'There is no such page.') : respond(200, file.type, file.body);
}

async function sendMedia(request: MediaRequest, media: (request: MediaRequest) => Promise<MediaAnswer>): Promise<Response> {
  try {
    const { type, body } = await media(request);
    return respond(200, type, body);
  } catch (error) {
    return respond(404, 'text/plain', error instanceof Error ? error.message : String(error));
  }
}

function respond(status: number, type: string, body: string | Uint8Array): Response {
  const content = typeof body === 'string' ? body : new Uint8Array(body);
  return new Response(content, { status, headers: { ...safetyHeaders, 'content-type': type } });
}
