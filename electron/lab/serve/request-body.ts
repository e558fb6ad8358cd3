import type { IncomingMessage } from 'node:http';

/** Configurations and architectures are some kilobytes; whole files never travel in calls. */
export const mostBodyBytes = 2 * 1024 * 1024;

/** The text of a request; undefined when it is longer than allowed, whatever its headers say. Rejects when the connection breaks. */
export async function readBody(request: IncomingMessage, most = mostBodyBytes): Promise<string | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > most) return undefined;
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > most) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
