import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { StoreError } from '../../../db/store.ts';
import type { LabApi } from '../../ipc/contract.ts';
import type { PathGrants } from '../../ipc/grants.ts';
import type { ServeMedia } from '../media/media.ts';
import { cookieName, refusalOf, sessionOf } from './admission.ts';
import type { Refusal } from './admission.ts';
import { page, refuse, send } from './answers.ts';
import { EventSockets } from './event-socket.ts';
import { LateAnswers } from './late-answers.ts';
import { answer } from './routes.ts';
import type { Served } from './routes.ts';
import { Sessions } from './sessions.ts';

export interface ServeOptions {
  readonly api: LabApi;
  readonly grants: PathGrants;
  readonly serveMedia: ServeMedia;
  readonly interfaceFolder: string;
  readonly exportsFolder: () => string;
  /** 0, the default: any that is free. */
  readonly port?: number;
  /** Told whenever the address before was used: this one lets one more browser in. */
  readonly onAddress?: (address: string) => void;
  /** How long a call may hold its connection. */
  readonly patienceMs?: number;
}

export interface RunningServer {
  readonly port: number;
  /** Works once, in a browser of this machine. */
  readonly address: string;
  close(): Promise<void>;
}

const notAdmitted: Refusal = {
  status: 401,
  message: 'This browser is not admitted. Open the address that <code>lab serve</code> printed last; each address works once.',
};

/**
 * The lab for browsers of this machine: listens at 127.0.0.1 alone, and answers whoever was let in by the address that is printed.
 * StoreError 'port-in-use', 'no-permission'.
 */
export async function serveLab(options: ServeOptions): Promise<RunningServer> {
  const running = new LabServer(options);
  await running.listen(options.port ?? 0);
  return running;
}

class LabServer implements RunningServer {
  readonly #server: Server;
  readonly #sessions: Sessions;
  readonly #sockets: EventSockets;
  readonly #served: Served;

  constructor({ api, grants, serveMedia, interfaceFolder, exportsFolder, onAddress, patienceMs }: ServeOptions) {
    this.#served = { api, grants, serveMedia, interfaceFolder, exportsFolder, late: new LateAnswers(patienceMs) };
    this.#sessions = new Sessions(() => onAddress?.(this.address));
    this.#sockets = new EventSockets(api);
    this.#server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000, maxHeaderSize: 16 * 1024 });
    this.#server.on('request', (request, response) => void this.#answer(request, response));
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get address(): string {
    return `http://127.0.0.1:${this.port}/?token=${this.#sessions.token}`;
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) => reject(listenError(port, error)));
      this.#server.listen(port, '127.0.0.1', resolve);
    });
  }

  async close(): Promise<void> {
    this.#sockets.close();
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const refusal = refusalOf(request, this.port, 'http');
      if (refusal !== undefined) refuse(response, refusal);
      else if (this.#isEntering(request)) this.#enter(request, response);
      else if (!this.#isAdmitted(request)) refuse(response, notAdmitted);
      else await answer(request, response, this.#served);
    } catch {
      // The connection broke, or the address is none that can be parsed.
      if (response.headersSent) response.destroy();
      else refuse(response, { status: 400, message: 'This request could not be read.' });
    }
  }

  #isAdmitted(request: IncomingMessage): boolean {
    return this.#sessions.has(sessionOf(request, this.port));
  }

  #isEntering({ url, method }: IncomingMessage): boolean {
    return method === 'GET' && url?.startsWith('/?token=') === true;
  }

  /**
   * Exchanges the token for a session. The page goes on by itself: a redirect would still count as coming from where the address was clicked,
   * and the browser would keep a strict cookie to itself.
   */
  #enter(request: IncomingMessage, response: ServerResponse): void {
    const token = new URL(request.url ?? '/', 'http://lab').searchParams.get('token') ?? '';
    const session = this.#sessions.exchange(token);
    if (session === undefined && !this.#isAdmitted(request)) {
      refuse(response, notAdmitted);
      return;
    }
    const cookie = session === undefined ? {} : { 'set-cookie': `${cookieName(this.port)}=${session}; Path=/; HttpOnly; SameSite=Strict` };
    const next = '<meta http-equiv="refresh" content="0; url=/">';
    send(response, 200, { 'content-type': 'text/html; charset=utf-8', ...cookie }, page('Paretoscope', '', next));
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => undefined);
    const refusal =
      refusalOf(request, this.port, 'websocket') ??
      (this.#isAdmitted(request) ? undefined : notAdmitted) ??
      (request.url === '/events' && !this.#sockets.isFull ? undefined : { status: 400, message: '' });
    if (refusal === undefined) this.#sockets.accept(request, socket, head);
    else socket.end(`HTTP/1.1 ${refusal.status} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  }
}

function listenError(port: number, error: NodeJS.ErrnoException): StoreError {
  if (error.code === 'EADDRINUSE') {
    return new StoreError('port-in-use', `Serving the interface: port ${port} of 127.0.0.1 is in use by another program.`, {
      tip: 'Choose another with --port, or leave it out for a free one.',
    });
  }
  return new StoreError(
    'port-refused',
    `Serving the interface: listening at port ${port} of 127.0.0.1 failed (${error.code ?? error.message}).`,
    {
      tip: 'Choose a port above 1023, or leave --port out.',
    },
  );
}
