import { chmodSync, rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { StoreError } from '../../db/store.ts';
import type { Failure } from '../../db/store.ts';
import { forwardedMethods } from '../ipc/contract.ts';
import type { ForwardedMethod, LabApi } from '../ipc/contract.ts';

/** One line of JSON each way. */
interface Request {
  readonly method: ForwardedMethod;
  readonly args: readonly unknown[];
}
type Reply = { readonly value: unknown } | { readonly failure: Failure };

const maxRequestBytes = 1024 * 1024;

/** Answers other processes of this home on a local socket. Returns a function that answers what has come and ends it. */
export async function serveForwarded(path: string, api: Pick<LabApi, ForwardedMethod>): Promise<() => Promise<void>> {
  const silent = new Set<Socket>();
  const server = createServer((socket) => {
    silent.add(socket);
    socket.on('close', () => silent.delete(socket));
    // A client that went away has no use for its answer.
    socket.on('error', () => undefined);
    void readLine(socket, maxRequestBytes)
      .then(async (line) => {
        silent.delete(socket);
        socket.end(`${JSON.stringify(await reply(api, line))}\n`);
      })
      .catch(() => socket.destroy());
  });
  // A path that a dead owner left behind is in the way; this process holds the lock, so nobody listens there.
  if (process.platform !== 'win32') rmSync(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
  if (process.platform !== 'win32') chmodSync(path, 0o600);
  // Listening alone keeps no process alive.
  server.unref();
  return () =>
    new Promise((resolve) => {
      // After the answers to all requests that have come.
      server.close(() => resolve());
      for (const socket of silent) socket.destroy();
    });
}

async function reply(api: Pick<LabApi, ForwardedMethod>, line: string): Promise<Reply> {
  try {
    const { method, args } = parseRequest(line);
    const call = api[method] as (...given: readonly unknown[]) => Promise<unknown>;
    return { value: (await call.apply(api, [...args])) ?? null };
  } catch (error) {
    const { code, message, tip } = error as { code?: unknown; message?: unknown; tip?: unknown };
    return {
      failure: {
        code: typeof code === 'string' ? code : 'unexpected',
        message: String(message),
        ...(typeof tip === 'string' ? { tip } : {}),
      },
    };
  }
}

function parseRequest(line: string): Request {
  const value = JSON.parse(line) as { method?: unknown; args?: unknown };
  const method = forwardedMethods.find((known) => known === value.method);
  if (method === undefined || !Array.isArray(value.args)) {
    throw new StoreError('bad-request', `A request of another process must be one of ${forwardedMethods.join(', ')} with a list of arguments.`);
  }
  return { method, args: value.args as readonly unknown[] };
}

/** Asks the owner of the home. Undefined when nobody listens there; rejects with the owner's own error. */
export async function forward(path: string, method: ForwardedMethod, args: readonly unknown[]): Promise<{ readonly value: unknown } | undefined> {
  let answer: Reply;
  try {
    const socket = await connect(path);
    const request: Request = { method, args };
    socket.write(`${JSON.stringify(request)}\n`);
    answer = JSON.parse(await readLine(socket, Number.POSITIVE_INFINITY)) as Reply;
    socket.destroy();
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === 'EPIPE' || code === 'connection-ended') return undefined;
    throw error;
  }
  if ('failure' in answer) {
    const { code, message, tip } = answer.failure;
    throw new StoreError(code, message, tip === undefined ? {} : { tip });
  }
  return answer;
}

function connect(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path, () => {
      socket.off('error', reject);
      resolve(socket);
    });
    socket.once('error', reject);
  });
}

function readLine(socket: Socket, limit: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (piece: string) => {
      text += piece;
      const end = text.indexOf('\n');
      if (end >= 0) resolve(text.slice(0, end));
      else if (text.length > limit) reject(new StoreError('bad-request', `A request may have ${limit} bytes.`));
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new StoreError('connection-ended', 'The connection ended before the answer came.')));
  });
}
