import type { IncomingMessage } from 'node:http';

/** Why a request is not answered: an HTTP status and one line. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 405 | 413 | 415 | 421;
  readonly message: string;
}

/** Names under which this machine alone is reached. */
export function hostsAt(port: number): readonly string[] {
  return [`127.0.0.1:${port}`, `localhost:${port}`];
}

/**
 * What the headers of a request must be before its session is even looked at. A page elsewhere can make a browser send requests here: under
 * another name of this address (DNS rebinding: the Host is wrong), or across origins (the Origin or Sec-Fetch-Site is wrong).
 */
export function refusalOf({ headers, method }: IncomingMessage, port: number, kind: 'http' | 'websocket'): Refusal | undefined {
  const { host, origin } = headers;
  if (host === undefined || !hostsAt(port).includes(host)) {
    return { status: 421, message: 'This server answers at 127.0.0.1 and localhost alone.' };
  }
  const isWriting = kind === 'websocket' || method === 'POST';
  if (origin === undefined ? isWriting : origin !== `http://${host}`) {
    return { status: 403, message: 'This request comes from another page.' };
  }
  // Ports do not make a site: a page of another server of this machine would send the cookie along.
  const site = headers['sec-fetch-site'];
  const isOpened = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document' && method === 'GET';
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isOpened) {
    return { status: 403, message: 'This request comes from another page.' };
  }
  return undefined;
}

/** Cookies know no ports, so the name has it. */
export function cookieName(port: number): string {
  return `lab-session-${port}`;
}

export function sessionOf({ headers }: IncomingMessage, port: number): string | undefined {
  const prefix = `${cookieName(port)}=`;
  return headers.cookie
    ?.split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(prefix))
    ?.slice(prefix.length);
}
