import type { Failure } from '../../db/store.ts';
import type { LabApi, LabEvent } from '../../electron/ipc/contract.ts';
import type { EventMessage } from '../../electron/ipc/event-message.ts';
import type { ConnectionListener } from './connection.ts';
import { LabFailure } from './failure.ts';

/** Reconnecting waits so long at first, and twice as long after each failure. */
const firstRetryMs = 500;
const longestRetryMs = 10_000;

/** How long to wait before asking for a late answer again. */
const laterMs = 500;

interface Answer {
  readonly value?: unknown;
  readonly failure?: Failure;
  /** The answer takes long: this is its name at /later/<name>, so that no connection is held (a browser has six). */
  readonly later?: string;
}

/** Arguments that were left out stay left out: JSON would turn them into null. */
function withoutTrailingUndefined(args: readonly unknown[]): readonly unknown[] {
  const end = args.findLastIndex((arg) => arg !== undefined) + 1;
  return args.slice(0, end);
}

async function call(method: string, args: readonly unknown[]): Promise<unknown> {
  let response = await request(method, `/api/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ args: withoutTrailingUndefined(args) }),
  });
  let address: string | undefined;
  while (response.status === 202) {
    const { later } = (await response.json()) as Answer;
    if (later !== undefined) address = `/later/${later}`;
    await new Promise((resolve) => {
      setTimeout(resolve, laterMs);
    });
    response = await request(method, address ?? '', {});
  }
  return valueOf(method, response);
}

async function request(method: string, address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, { ...init, credentials: 'same-origin' });
  } catch {
    throw new LabFailure({
      code: 'no-connection',
      message: `The lab did not answer (${method}).`,
      tip: 'Is lab serve still running? The page connects again by itself.',
    });
  }
}

async function valueOf(method: string, response: Response): Promise<unknown> {
  const answer = (await response.json().catch(() => undefined)) as Answer | undefined;
  if (answer?.failure !== undefined) throw new LabFailure(answer.failure);
  if (!response.ok || answer === undefined) {
    throw new LabFailure({
      code: response.status === 401 || response.status === 403 ? 'not-admitted' : 'bad-answer',
      message: `The lab answered ${method} with status ${response.status}.`,
      tip: response.status === 401 ? 'Open the address that lab serve printed once more.' : 'Reload the page.',
    });
  }
  return answer.value;
}

/** One socket for all events; it opens with the first listener and opens itself again when it was closed. */
class EventSocket {
  readonly #listeners = new Set<(event: LabEvent) => void>();
  readonly #onConnection: ConnectionListener;
  #retryMs = firstRetryMs;
  #isStarted = false;
  #wasOpen = false;

  constructor(onConnection: ConnectionListener) {
    this.#onConnection = onConnection;
  }

  listen(listener: (event: LabEvent) => void): () => void {
    this.#listeners.add(listener);
    if (!this.#isStarted) this.#open();
    this.#isStarted = true;
    return () => this.#listeners.delete(listener);
  }

  #open(): void {
    const { protocol, host } = window.location;
    const socket = new WebSocket(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}/events`);
    socket.onopen = () => {
      this.#retryMs = firstRetryMs;
      this.#onConnection(this.#wasOpen ? 'resync' : 'open');
      this.#wasOpen = true;
    };
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(String(data)) as EventMessage);
    socket.onclose = () => {
      this.#onConnection('lost');
      setTimeout(() => this.#open(), this.#retryMs);
      this.#retryMs = Math.min(longestRetryMs, this.#retryMs * 2);
    };
  }

  #receive(message: EventMessage): void {
    if (message.resync === true) this.#onConnection('resync');
    for (const event of message.events) {
      for (const listener of this.#listeners) listener(event);
    }
  }
}

/** The lab behind `lab serve`: one POST a call, one WebSocket for events. */
export function httpLab(onConnection: ConnectionListener): LabApi {
  const events = new EventSocket(onConnection);
  const methods = new Map<string, (...args: unknown[]) => Promise<unknown>>();
  return new Proxy({} as LabApi, {
    get(_target, name) {
      if (typeof name !== 'string' || name === 'then') return undefined;
      if (name === 'onEvent') return (listener: (event: LabEvent) => void) => events.listen(listener);
      const known = methods.get(name);
      if (known !== undefined) return known;
      const method = (...args: unknown[]): Promise<unknown> => call(name, args);
      methods.set(name, method);
      return method;
    },
  });
}
