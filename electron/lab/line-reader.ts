import type { Socket } from 'node:net';
import { StoreError } from '../../db/store.ts';

/** The lines of a connection one after the other. Rejects with StoreError 'bad-request' for a line that is too long, 'connection-ended' at the end. */
export class LineReader {
  #text = '';
  #failure: Error | undefined;
  #waiting: (() => void) | undefined;

  constructor(socket: Socket, limit: number) {
    socket.setEncoding('utf8');
    socket.on('data', (piece: string) => {
      this.#text += piece;
      if (!this.#text.includes('\n') && this.#text.length > limit)
        this.#failure ??= new StoreError('bad-request', `A request may have ${limit} bytes.`);
      this.#waiting?.();
    });
    const end = (error?: Error): void => {
      this.#failure ??= error ?? new StoreError('connection-ended', 'The connection ended before the answer came.');
      this.#waiting?.();
    };
    socket.once('error', end);
    socket.once('close', () => end());
  }

  async next(): Promise<string> {
    for (;;) {
      const end = this.#text.indexOf('\n');
      if (end >= 0) {
        const line = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 1);
        return line;
      }
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
  }
}
