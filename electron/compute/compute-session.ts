import { inspect } from 'node:util';
import type { SearchEvent } from '../../engine/search/events.ts';
import type { StopSignal } from '../../engine/search/parts.ts';
import { UsageMeter } from './usage-meter.ts';
import type { ComputeJob, ComputePort, FailureOrigin, FromCompute, ToCompute } from './protocol.ts';

/** Starts a search for a job. What it opened is closed in its `finally`. */
export type StartSearch = (
  job: ComputeJob,
  signal: StopSignal,
  post: (message: FromCompute) => Promise<void>,
) => AsyncIterable<SearchEvent>;

/** Events that the search does not wait for: they can be computed again. */
const freeEvents: ReadonlySet<SearchEvent['type']> = new Set(['scalars', 'log', 'phase', 'plan']);

/**
 * Serves one job over a port: posts every event, and waits for the acknowledgement of each one that must be durable before the search goes on
 * (trials, states, the end), so that it is never more than one checkpoint ahead of the store. Resolves when everything was posted.
 * When the other side is gone the promise rejects, since nobody would ever know what comes of the search.
 */
export async function serveJob(port: ComputePort, start: StartSearch): Promise<void> {
  const session = new ComputeSession(port);
  const job = await session.job;
  try {
    for await (const event of start(job, session.signal, (message) => port.send(message))) await session.post(event);
  } catch (error) {
    if (session.isClosed) throw error;
    const failed = describeFailure(error);
    // The failure says what to do; where a fault of the lab happened stands in the log.
    if (failed.origin === 'unexpected')
      await session.post({ type: 'log', level: 'warn', message: `An unexpected error: ${inspect(error)}` });
    await port.send({ type: 'failed', ...failed });
  }
}

class ComputeSession {
  readonly job: Promise<ComputeJob>;
  readonly #port: ComputePort;
  readonly #stop = new AbortController();
  readonly #waiting = new Map<number, { readonly resolve: () => void; readonly reject: (error: Error) => void }>();
  readonly #usage = new UsageMeter();
  #sequence = 0;
  #isClosed = false;

  constructor(port: ComputePort) {
    this.#port = port;
    this.job = new Promise((resolve, reject) => {
      port.onMessage((message) => {
        if (message.type === 'start') resolve(message.job);
        else this.#receive(message);
      });
      port.onClose(() => {
        this.#isClosed = true;
        this.#stop.abort();
        const error = new Error('the process that started this search is gone');
        reject(error);
        for (const { reject: rejectOne } of this.#waiting.values()) rejectOne(error);
      });
    });
  }

  get signal(): StopSignal {
    return this.#stop.signal;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  async post(event: SearchEvent): Promise<void> {
    await this.#usage.report((usage) => this.#port.send(usage));
    if (freeEvents.has(event.type)) {
      await this.#port.send({ type: 'event', event });
      return;
    }
    const sequence = ++this.#sequence;
    const acknowledged = new Promise<void>((resolve, reject) => {
      this.#waiting.set(sequence, { resolve, reject });
    });
    await Promise.all([this.#port.send({ type: 'event', sequence, event }), acknowledged]);
  }

  #receive(message: Exclude<ToCompute, { type: 'start' }>): void {
    if (message.type === 'stop') {
      this.#stop.abort();
      return;
    }
    this.#waiting.get(message.sequence)?.resolve();
    this.#waiting.delete(message.sequence);
  }
}

const origins: Readonly<Record<string, FailureOrigin>> = { EngineError: 'engine', DatasetError: 'data', StoreError: 'store' };

/** Errors cross as `{ code, message, tip }`. */
function describeFailure(error: unknown): Omit<Extract<FromCompute, { type: 'failed' }>, 'type'> {
  const { name, code, message, tip } = (error instanceof Error ? error : new Error(String(error))) as Error & {
    code?: unknown;
    tip?: unknown;
  };
  const origin = origins[name] ?? 'unexpected';
  if (origin !== 'unexpected' && typeof code === 'string') {
    return { origin, failure: { code, message, ...(typeof tip === 'string' ? { tip } : {}) } };
  }
  return {
    origin: 'unexpected',
    failure: {
      code: 'unexpected',
      message: `The search ended with an unexpected error: ${message}`,
      tip: 'This is a fault of the lab, or the machine ran short of something; lab log shows where it happened. lab resume goes on from the last checkpoint.',
    },
  };
}
