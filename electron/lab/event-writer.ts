import { isDeepStrictEqual } from 'node:util';
import { deleteCheckpointFiles } from '../../db/checkpoints/checkpoint-files.ts';
import type { ExperimentStore, FinishedTrial, Json } from '../../db/store.ts';
import { assertNever } from '../../engine/assert-never.ts';
import type { SearchEvent, TrialResult } from '../../engine/search/events.ts';

type Scalars = Extract<SearchEvent, { type: 'scalars' }>;
type State = Extract<SearchEvent, { type: 'state' }>;
type TrialFailed = Extract<SearchEvent, { type: 'trial-failed' }>;
type TrialFinished = Extract<SearchEvent, { type: 'trial-finished' }>;

/** Scalars are written together, so often. */
const flushMs = 250;

/**
 * Makes the events of one run durable, in their order, and hands each on once it is.
 * What comes again after a resume is compared with what is there and never rewritten.
 */
export class EventWriter {
  readonly #store: ExperimentStore;
  readonly #id: string;
  readonly #folder: string;
  readonly #written: (event: SearchEvent) => void;
  readonly #failed: (error: unknown) => void;
  #scalars: Scalars[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: {
    readonly store: ExperimentStore;
    readonly id: string;
    /** The experiment's folder. */
    readonly folder: string;
    /** Called once for each event that is stored. */
    readonly written: (event: SearchEvent) => void;
    /** A delayed write has failed. */
    readonly failed: (error: unknown) => void;
  }) {
    this.#store = options.store;
    this.#id = options.id;
    this.#folder = options.folder;
    this.#written = options.written;
    this.#failed = options.failed;
  }

  /** Durable when it returns, except scalars, which follow within a quarter of a second. */
  write(event: SearchEvent): void {
    if (event.type === 'scalars') {
      this.#scalars.push(event);
      this.#timer ??= setTimeout(() => this.#flushLater(), flushMs);
      return;
    }
    this.flush();
    this.#apply(event);
    this.#written(event);
  }

  /** Writes the scalars that wait. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#scalars.length === 0) return;
    const points = this.#scalars;
    this.#scalars = [];
    this.#store.addScalars(this.#id, points);
    for (const event of points) this.#written(event);
  }

  #flushLater(): void {
    try {
      this.flush();
    } catch (error) {
      this.#failed(error);
    }
  }

  #apply(event: Exclude<SearchEvent, Scalars>): void {
    switch (event.type) {
      case 'trial-started':
        if (!this.#isFinal(event.number))
          this.#store.startTrial(this.#id, { number: event.number, arch: json(event.arch), hash: event.hash });
        return;
      case 'trial-finished':
        this.#finishTrial(event);
        return;
      case 'trial-failed':
        this.#failTrial(event);
        return;
      case 'state':
        this.#addCheckpoint(event);
        return;
      case 'log':
        this.#log(event.level, event.message, event.values);
        return;
      // The run's own state is the business of whoever runs it.
      case 'plan':
      case 'phase':
      case 'stopped':
      case 'finished':
        return;
      default:
        assertNever(event);
    }
  }

  #isFinal(number: number): boolean {
    const state = this.#store.trial(this.#id, number)?.state;
    return state === 'complete' || state === 'failed';
  }

  #failTrial({ number, code, message, tip }: TrialFailed): void {
    if (this.#isFinal(number)) return;
    this.#store.failTrial(this.#id, number, { code, message, ...(tip === undefined ? {} : { tip }) });
    this.#log('warn', `Trial ${number} failed: ${message}`);
  }

  #finishTrial({ trial, weights }: TrialFinished): void {
    const before = this.#store.trial(this.#id, trial.number);
    const result: FinishedTrial = { ...resultOf(trial), ...(weights === undefined ? {} : { weights: weights.file }) };
    if (before === undefined || !this.#isFinal(trial.number)) {
      this.#store.finishTrial(this.#id, result);
      return;
    }
    const differing = Object.entries(result).filter(([key, value]) => !isDeepStrictEqual(json(value), before[key as keyof FinishedTrial]));
    if (differing.length === 0) return;
    this.#log(
      'warn',
      `Trial ${trial.number} was computed again and came out different in ${differing.map(([key]) => key).join(', ')}; the first result is kept.`,
      {
        again: Object.fromEntries(differing),
      },
    );
  }

  #addCheckpoint({ name, step, phaseIndex, state, checkpoint, keep }: State): void {
    const { file, bytes, sha256 } = checkpoint;
    const replaced = this.#store.addCheckpoint({
      experiment: this.#id,
      name,
      step,
      phaseIndex,
      state: json(state),
      file,
      bytes,
      sha256,
      keep,
    });
    try {
      deleteCheckpointFiles(this.#folder, replaced);
    } catch (error) {
      // Only space is lost; prune finds it.
      this.#log('warn', error instanceof Error ? error.message : String(error));
    }
  }

  #log(level: 'info' | 'warn', message: string, values?: Readonly<Record<string, unknown>>): void {
    this.#store.addLog({ experiment: this.#id, level, message, ...(values === undefined ? {} : { values: json(values) }) });
  }
}

function resultOf({
  number,
  arch,
  hash,
  cost,
  metrics,
  steps,
  seed,
  parents,
  operator,
  series,
  role,
  details,
}: TrialResult): FinishedTrial {
  return {
    number,
    arch: json(arch),
    hash,
    cost: json(cost),
    metrics: metrics.map(json),
    steps,
    seed,
    role,
    ...(parents === undefined ? {} : { parents }),
    ...(operator === undefined ? {} : { operator }),
    ...(series === undefined ? {} : { series }),
    ...(details === undefined ? {} : { details: json(details) }),
  };
}

/** What the store keeps of a value: its JSON. */
function json(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
