import type { LabEvent } from '../../ipc/contract.ts';
import type { EventMessage } from '../../ipc/event-message.ts';

/** At most four messages a second: what is shown need not be newer. */
export const batchMs = 250;
/** More than this waiting means that nobody reads. */
const mostWaiting = 5_000;

export interface EventSink {
  /** False while the other side is behind; what happens meanwhile is left out, and it is told so later. */
  canTake(): boolean;
  send(message: EventMessage): void;
}

/**
 * Gathers events and sends them at most every 250 ms. Of scalars, states and jobs only the newest of a search or job stays. A sink that is
 * behind misses events instead of filling memory; the next message that it takes says `resync`.
 */
export class EventBatch {
  readonly #sink: EventSink;
  #waiting = new Map<string, LabEvent>();
  #count = 0;
  #isBehind = false;
  #timer: NodeJS.Timeout | undefined;
  #sentAt = -Infinity;

  constructor(sink: EventSink) {
    this.#sink = sink;
  }

  add(event: LabEvent): void {
    const key = keyOf(event) ?? `#${++this.#count}`;
    // Deleted first, so that it comes after what happened in between.
    this.#waiting.delete(key);
    this.#waiting.set(key, event);
    if (this.#waiting.size > mostWaiting) this.#drop();
    this.#schedule();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#waiting.clear();
  }

  #drop(): void {
    this.#waiting.clear();
    this.#isBehind = true;
  }

  #schedule(): void {
    if (this.#timer !== undefined) return;
    const wait = Math.max(0, this.#sentAt + batchMs - performance.now());
    this.#timer = setTimeout(() => this.#flush(), wait);
    this.#timer.unref();
  }

  #flush(): void {
    this.#timer = undefined;
    this.#sentAt = performance.now();
    if (!this.#sink.canTake()) {
      this.#drop();
      this.#schedule();
      return;
    }
    const events = [...this.#waiting.values()];
    this.#waiting = new Map();
    const message: EventMessage = this.#isBehind ? { events, resync: true } : { events };
    this.#isBehind = false;
    this.#sink.send(message);
  }
}

/** Events that replace an earlier one of the same key. Scalars of several names of one step come as several events: each name has its newest. */
function keyOf(event: LabEvent): string | undefined {
  if (event.type === 'experiment') return `experiment ${event.experiment.id}`;
  if (event.type === 'job') return `job ${event.job.id}`;
  if (event.type === 'usage') return `usage ${event.id}`;
  if (event.type === 'plans' || event.type === 'settings') return event.type;
  if (event.type === 'search' && event.event.type === 'scalars') {
    return `scalars ${event.id} ${Object.keys(event.event.values).join(' ')}`;
  }
  return undefined;
}
