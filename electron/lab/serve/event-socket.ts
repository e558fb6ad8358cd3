import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { LabApi } from '../../ipc/contract.ts';
import { EventBatch } from './event-batch.ts';

/** A client with more than this unsent is behind. */
const mostUnsentBytes = 1024 * 1024;
/** One that answers no ping within this time is gone. */
const pingMs = 30_000;
const mostSockets = 50;

/** The event stream at /events. Sockets come here after their request was admitted. */
export class EventSockets {
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: 1024, perMessageDeflate: false });
  readonly #api: Pick<LabApi, 'onEvent'>;

  constructor(api: Pick<LabApi, 'onEvent'>) {
    this.#api = api;
  }

  get isFull(): boolean {
    return this.#server.clients.size >= mostSockets;
  }

  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (client) => this.#serve(client));
  }

  close(): void {
    for (const client of this.#server.clients) client.terminate();
    this.#server.close();
  }

  #serve(client: WebSocket): void {
    const batch = new EventBatch({
      canTake: () => client.bufferedAmount < mostUnsentBytes,
      send: (message) => client.readyState === WebSocket.OPEN && client.send(JSON.stringify(message)),
    });
    const unsubscribe = this.#api.onEvent((event) => batch.add(event));
    let isThere = true;
    const timer = setInterval(() => {
      if (!isThere) client.terminate();
      isThere = false;
      client.ping();
    }, pingMs).unref();
    client.on('pong', () => {
      isThere = true;
    });
    // Nothing is expected from the page; a broken connection is followed by 'close'.
    client.on('error', () => undefined);
    client.on('close', () => {
      clearInterval(timer);
      unsubscribe();
      batch.close();
    });
  }
}
