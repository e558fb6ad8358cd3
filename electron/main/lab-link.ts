import { StoreError } from '../../db/store.ts';
import type { Failure } from '../../db/store.ts';
import type { LabApi } from '../ipc/contract.ts';
import type { EventMessage } from '../ipc/event-message.ts';
import type { Answer, CheckedCall } from '../ipc/handle-call.ts';
import type { MediaAnswer, MediaRequest } from '../lab/media/media.ts';
import type { FromLab } from '../lab/process/protocol.ts';
import type { LabChild, LaunchLab } from './lab-child.ts';

/** Pausing what runs takes a step and a checkpoint; after this time the last checkpoint counts. */
const closeMs = 10_000;
const mostRestarts = 3;
/** A process that lived this long was well. */
const wellMs = 60_000;

type Opened = Omit<Extract<FromLab, { type: 'opened' }>, 'type'>;
type Waiting = (message: Extract<FromLab, { readonly id: number }>) => void;

interface Opening {
  readonly promise: Promise<Opened>;
  readonly resolve: (opened: Opened | Promise<Opened>) => void;
  readonly reject: (error: Error) => void;
}

export interface LabLinkOptions {
  readonly launch: LaunchLab;
  readonly home: string | undefined;
  readonly onEvents: (message: EventMessage) => void;
  /** Messages that ask for processes that compute. */
  readonly onChild: (lab: LabChild, message: Extract<FromLab, { readonly child: number }>) => void;
  /** It ended by itself. `isFinal`: it is not started again. */
  readonly onDied: (code: number, isFinal: boolean) => void;
  readonly log: (text: string) => void;
}

/**
 * The way to the lab's process: calls, pictures, events. When that process dies it is started again, calls that were under way fail with code
 * 'lab-died', and the pages are told to read everything anew; searches that ran stand as interrupted. When it died too often it is left alone, and
 * every call fails at once.
 */
export class LabLink {
  readonly #options: LabLinkOptions;
  readonly #waiting = new Map<number, Waiting>();
  #child: LabChild;
  #opening: Opening;
  #count = 0;
  #restarts = 0;
  #isClosing = false;
  #isDead = false;

  constructor(options: LabLinkOptions) {
    this.#options = options;
    [this.#child, this.#opening] = this.#start();
  }

  /** Where the lab lies; pending until a process of it has answered, rejected with 'lab-died' when none ever will. */
  get opened(): Promise<Opened> {
    return this.#opening.promise;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** A checked call; never rejects. */
  async call(call: CheckedCall): Promise<Answer> {
    const failure = this.#noAnswer;
    if (failure !== undefined) return { failure };
    const id = ++this.#count;
    return new Promise((resolve) => {
      this.#waiting.set(id, (message) => {
        if (message.type === 'answer') resolve(message.answer);
      });
      this.#child.send({ type: 'call', id, call });
    });
  }

  /** An operation of the lab, for the main process itself. Rejects as the operation does. */
  async ask<M extends CheckedCall['method']>(method: M, ...args: Parameters<LabApi[M]>): Promise<Awaited<ReturnType<LabApi[M]>>> {
    const answer = await this.call({ method, args });
    if ('value' in answer) return answer.value as Awaited<ReturnType<LabApi[M]>>;
    const { code, message, tip } = answer.failure;
    throw new StoreError(code, message, tip === undefined ? {} : { tip });
  }

  async media(request: MediaRequest): Promise<MediaAnswer> {
    const failure = this.#noAnswer;
    if (failure !== undefined) throw new StoreError(failure.code, failure.message);
    const id = ++this.#count;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (message) => {
        if (message.type === 'picture') resolve({ type: message.mime, body: message.body });
        else if ('failure' in message.answer) reject(new Error(message.answer.failure.message));
      });
      this.#child.send({ type: 'media', id, request });
    });
  }

  /** Pauses what runs and ends the process: within 10 s, else at once. */
  async close(): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    if (this.#isDead) return;
    const child = this.#child;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        child.kill();
        resolve();
      }, closeMs);
      child.onExit(() => {
        clearTimeout(timer);
        resolve();
      });
      child.send({ type: 'close' });
    });
  }

  /** Why nobody would answer a call; undefined while the lab's process is there. */
  get #noAnswer(): Failure | undefined {
    if (this.#isClosing) return { code: 'closing', message: 'The app is being ended.' };
    return this.#isDead ? deadFailure : undefined;
  }

  #start(): [LabChild, Opening] {
    const child = this.#options.launch();
    const startedAt = Date.now();
    const opening = newOpening();
    child.onMessage((message) => {
      if (message.type === 'opened') opening.resolve(message);
      else this.#receive(child, message);
    });
    child.onErrorOutput((text) => this.#options.log(text));
    child.onExit((code) => this.#died(code, Date.now() - startedAt));
    const { home } = this.#options;
    child.send({ type: 'open', brokered: child.isBrokered, ...(home === undefined ? {} : { home }) });
    return [child, opening];
  }

  #receive(child: LabChild, message: Exclude<FromLab, { type: 'opened' }>): void {
    if (message.type === 'events') this.#options.onEvents(message.message);
    else if ('id' in message) {
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
    } else if ('child' in message) this.#options.onChild(child, message);
    else if (message.failure !== undefined) this.#options.log(`closing the lab: ${message.failure}`);
  }

  #died(code: number, livedMs: number): void {
    if (livedMs > wellMs) this.#restarts = 0;
    const isFinal = !this.#isClosing && ++this.#restarts > mostRestarts;
    if (isFinal) this.#isDead = true;
    const failure: Failure = isFinal
      ? deadFailure
      : {
          code: 'lab-died',
          message: `The lab's process ended (code ${code}) before it had answered; it is started again.`,
          tip: 'Nothing that was stored is lost. Try again.',
        };
    for (const [id, waiting] of this.#waiting) waiting({ type: 'answer', id, answer: { failure } });
    this.#waiting.clear();
    if (this.#isClosing) return;
    this.#options.onDied(code, isFinal);
    const before = this.#opening;
    if (isFinal) {
      before.reject(new StoreError(deadFailure.code, deadFailure.message));
      return;
    }
    const [child, opening] = this.#start();
    this.#child = child;
    this.#opening = opening;
    // Who waits for a process that never opened waits for the next one.
    before.resolve(opening.promise);
    opening.promise.then(
      () => this.#options.onEvents({ events: [], resync: true }),
      () => undefined,
    );
  }
}

const deadFailure: Failure = {
  code: 'lab-died',
  message: "The lab's process ended again and again and is not started any more.",
  tip: 'Nothing that was stored is lost. End the app and start it again; Help → Show Logs has the last words of the process.',
};

function newOpening(): Opening {
  let resolve: Opening['resolve'] = () => undefined;
  let reject: Opening['reject'] = () => undefined;
  const promise = new Promise<Opened>((settle, fail) => {
    resolve = settle;
    reject = fail;
  });
  // Nobody has to wait for it.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
