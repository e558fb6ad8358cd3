import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeServer {
  readonly url: string;
  /** Path and Range header of every request. */
  readonly requests: { readonly path: string; readonly range?: string; readonly authorization?: string }[];
  close(): Promise<void>;
}

/** An HTTP server on the loopback interface. */
export async function serve(answer: (request: IncomingMessage, response: ServerResponse, count: number) => void): Promise<FakeServer> {
  const requests: FakeServer['requests'] = [];
  const server = createServer((request, response) => {
    const { range, authorization } = request.headers;
    requests.push({
      path: request.url ?? '',
      ...(range !== undefined && { range }),
      ...(authorization !== undefined && { authorization }),
    });
    answer(request, response, requests.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Answers with a file or with the part that Range asks for. */
export function sendFile(request: IncomingMessage, response: ServerResponse, bytes: Buffer): void {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (start >= bytes.length) {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
    return;
  }
  const rest = bytes.subarray(start);
  const range = start > 0 ? { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {};
  response.writeHead(start > 0 ? 206 : 200, { 'content-length': rest.length, ...range });
  response.end(rest);
}

/** An index with one package; its wheel is sent by `sendWheel`, else as it is. */
export async function serveIndex(
  project: string,
  file: string,
  bytes: Buffer,
  options: {
    readonly sha256?: string;
    readonly sendWheel?: (request: IncomingMessage, response: ServerResponse, count: number) => void;
  } = {},
): Promise<FakeServer> {
  return serve((request, response, count) => {
    if (request.url === `/simple/${project}/`) {
      const hashes = options.sha256 === undefined ? {} : { sha256: options.sha256 };
      response.writeHead(200, { 'content-type': 'application/vnd.pypi.simple.v1+json' });
      response.end(JSON.stringify({ files: [{ filename: file, url: `../../files/${file}`, size: bytes.length, hashes, yanked: false }] }));
    } else if (request.url === `/files/${file}`) {
      if (options.sendWheel) options.sendWheel(request, response, count);
      else sendFile(request, response, bytes);
    } else response.writeHead(404).end();
  });
}
