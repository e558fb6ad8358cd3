import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { dirname } from 'node:path';
import { z } from 'zod';
import { StoreError } from '../../db/store.ts';
import type { Failure } from '../../db/store.ts';
import { forwardedMethods } from '../ipc/contract.ts';
import type { ForwardedMethod, LabApi } from '../ipc/contract.ts';
import { argumentSchemas } from '../ipc/schemas/arguments.ts';
import { userSocketFolder } from './home.ts';
import { LineReader } from './line-reader.ts';

/** One line of JSON that asks; one that says that it was taken, at once; one that answers, when it is done. */
interface Request {
  readonly method: ForwardedMethod;
  readonly args: readonly unknown[];
}
type Reply = { readonly value: unknown } | { readonly failure: Failure };

const taken = '"taken"';
const maxRequestBytes = 1024 * 1024;
/** An owner that is alive takes a request in milliseconds; one that was halted never does. */
const takenMs = 5_000;

/**
 * Answers other processes of this home, and of this user, on a local socket. Returns a function that answers what has come and ends it.
 * StoreError 'socket-folder' when somebody else could reach the socket; errors of listening as they are.
 */
export async function serveForwarded(path: string, api: Pick<LabApi, ForwardedMethod>): Promise<() => Promise<void>> {
  const silent = new Set<Socket>();
  const server = createServer((socket) => {
    silent.add(socket);
    socket.on('close', () => silent.delete(socket));
    // A client that went away has no use for its answer.
    socket.on('error', () => undefined);
    void new LineReader(socket, maxRequestBytes)
      .next()
      .then(async (line) => {
        silent.delete(socket);
        socket.write(`${taken}\n`);
        socket.end(`${JSON.stringify(await reply(api, line))}\n`);
      })
      .catch(() => socket.destroy());
  });
  if (process.platform !== 'win32') {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    checkFolder(path);
    // A path that a dead owner left behind is in the way; this process holds the lock, so nobody listens there.
    rmSync(path, { force: true });
  }
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

/** Outside of the home: the folder belongs to this user, and no other can put a socket of his own there. */
function checkFolder(path: string): void {
  const folder = dirname(path);
  if (folder !== userSocketFolder()) return;
  const stat = lstatSync(folder);
  if (stat.isDirectory() && stat.uid === process.getuid?.() && (stat.mode & 0o022) === 0) return;
  throw new StoreError(
    'socket-folder',
    `The folder ${folder}, where requests of other processes are taken, belongs to another user or can be written by others.`,
    {
      tip: `Give it to yourself alone (chmod 700 ${folder}), or choose a home with a shorter path.`,
    },
  );
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

const requestSchema = z.strictObject({ method: z.enum(forwardedMethods), args: z.array(z.unknown()) });

function parseRequest(line: string): Request {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw badRequest('it is no JSON');
  }
  const request = requestSchema.safeParse(value);
  if (!request.success) throw badRequest(`it must be one of ${forwardedMethods.join(', ')} with a list of arguments`);
  const { method } = request.data;
  const args = argumentSchemas[method].safeParse(request.data.args);
  if (!args.success)
    throw badRequest(
      `the arguments of '${method}' are wrong: ${args.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`,
    );
  return { method, args: args.data };
}

function badRequest(what: string): StoreError {
  return new StoreError('bad-request', `A request of another process was refused: ${what}.`, {
    tip: 'Use the same version of the app in both.',
  });
}

/**
 * Asks the owner of the home. Undefined when nobody listens there; rejects with the owner's own error, or with StoreError 'no-answer' when it
 * does not take the request within `waitMs`. What it has taken may last as long as it needs.
 */
export async function forward(
  path: string,
  method: ForwardedMethod,
  args: readonly unknown[],
  waitMs = takenMs,
): Promise<{ readonly value: unknown } | undefined> {
  let answer: Reply;
  let socket: Socket | undefined;
  try {
    if (process.platform !== 'win32') checkFolder(path);
    socket = await connect(path);
    const reader = new LineReader(socket, Number.POSITIVE_INFINITY);
    const request: Request = { method, args };
    socket.write(`${JSON.stringify(request)}\n`);
    await within(waitMs, reader.next());
    answer = JSON.parse(await reader.next()) as Reply;
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === 'EPIPE' || code === 'connection-ended')
      return undefined;
    throw error;
  } finally {
    socket?.destroy();
  }
  if ('failure' in answer) {
    const { code, message, tip } = answer.failure;
    throw new StoreError(code, message, tip === undefined ? {} : { tip });
  }
  return answer;
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StoreError('no-answer', `The process that owns the home took no request within ${ms} ms.`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
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
