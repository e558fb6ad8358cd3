import * as fs from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { fileError } from '../../../db/checkpoints/file-system.ts';
import type { CheckpointRecord, ExperimentBundle, LogRecord, TrialRecord } from '../../../db/store.ts';
import { checkpointSchema, logSchema, trialSchema } from '../naslab/document.ts';

type Owned<T> = Omit<T, 'experiment'>;
export type ScalarPoints = readonly { readonly step: number; readonly values: Readonly<Record<string, number>> }[];

/** One change of an experiment, as the store has it. */
export type JournalEntry =
  /** Replaces the one of that number. */
  | { readonly type: 'trial'; readonly trial: Owned<TrialRecord> }
  /** Replaces what the store would replace. */
  | { readonly type: 'checkpoint'; readonly checkpoint: Owned<CheckpointRecord> }
  | { readonly type: 'checkpoint-removed'; readonly name: string }
  | { readonly type: 'scalars'; readonly points: ScalarPoints }
  | { readonly type: 'truncated'; readonly afterStep: number }
  | { readonly type: 'log'; readonly log: Owned<LogRecord> };

/** What a journal remembers when it is read to its end. */
export type JournalContent = Omit<ExperimentBundle, 'experiment'>;

const fileName = 'journal.jsonl';
/** What a search goes on from, and what took it long. The rest may be lost with the power. */
const durable: ReadonlySet<JournalEntry['type']> = new Set(['trial', 'checkpoint', 'checkpoint-removed']);

/**
 * Everything that the database knows of one experiment, once more beside its weight files: one line of JSON a change, only ever appended.
 * From it a database that was lost, or went back to a backup, is brought up to date.
 */
export class Journal {
  readonly #path: string;
  readonly #handle: number;

  /** Creates folder and file when they are missing. Errors of the disk. */
  constructor(folder: string) {
    this.#path = join(folder, fileName);
    try {
      fs.mkdirSync(folder, { recursive: true });
      this.#handle = fs.openSync(this.#path, 'a+');
      this.#endTornLine();
    } catch (error) {
      throw fileError(`Opening ${this.#path}`, error);
    }
  }

  append(...entries: readonly JournalEntry[]): void {
    if (entries.length === 0) return;
    try {
      // Not writeSync: that may write a part of it.
      fs.appendFileSync(this.#handle, entries.map((entry) => `${JSON.stringify(entry, numberAsText)}\n`).join(''));
      if (entries.some(({ type }) => durable.has(type))) fs.fsyncSync(this.#handle);
    } catch (error) {
      throw fileError(`Writing ${this.#path}`, error);
    }
  }

  close(): void {
    fs.closeSync(this.#handle);
  }

  /** A write that was cut off must not swallow the entry after it. */
  #endTornLine(): void {
    const { size } = fs.fstatSync(this.#handle);
    const last = Buffer.alloc(1);
    if (size > 0) fs.readSync(this.#handle, last, 0, 1, size - 1);
    if (size > 0 && last[0] !== 0x0a) fs.appendFileSync(this.#handle, '\n');
  }
}

/** JSON has no NaN and no infinity; values of scalars are read back with `Number`. */
function numberAsText(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

const count = z.int().min(0);
const scalarValue = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]).transform(Number);
const entrySchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('trial'),
    trial: trialSchema.extend({ state: z.enum(['running', 'complete', 'failed', 'abandoned']) }),
  }),
  z.strictObject({ type: z.literal('checkpoint'), checkpoint: checkpointSchema }),
  z.strictObject({ type: z.literal('checkpoint-removed'), name: z.string() }),
  z.strictObject({
    type: z.literal('scalars'),
    points: z.array(z.strictObject({ step: count, values: z.record(z.string(), scalarValue) })),
  }),
  z.strictObject({ type: z.literal('truncated'), afterStep: count }),
  z.strictObject({ type: z.literal('log'), log: logSchema }),
]);

/**
 * Reads a folder's journal to its end; undefined when there is none. Lines that were cut off are left out.
 * Without `withCurves` scalars and log, which are most of it, are skipped.
 */
export function readJournal(folder: string, { withCurves }: { readonly withCurves: boolean }): JournalContent | undefined {
  const path = join(folder, fileName);
  let text: string;
  try {
    text = fs.readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined;
    throw fileError(`Reading ${path}`, error);
  }
  const reader = new JournalReader();
  for (const line of text.split('\n')) {
    if (line === '' || (!withCurves && /^\{"type":"(?:scalars|truncated|log)"/.test(line))) continue;
    const entry = parseLine(line);
    if (entry !== undefined) reader.apply(entry);
  }
  return reader.content();
}

function parseLine(line: string): JournalEntry | undefined {
  try {
    return entrySchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

class JournalReader {
  readonly #trials = new Map<number, Owned<TrialRecord>>();
  readonly #scalars = new Map<string, Map<number, number>>();
  readonly #logs: Owned<LogRecord>[] = [];
  #checkpoints: readonly Owned<CheckpointRecord>[] = [];

  apply(entry: JournalEntry): void {
    switch (entry.type) {
      case 'trial':
        this.#trials.set(entry.trial.number, entry.trial);
        break;
      case 'checkpoint': {
        const { checkpoint } = entry;
        const others = this.#checkpoints.filter(({ name, keep }) => name !== checkpoint.name && (keep || checkpoint.keep));
        this.#checkpoints = [checkpoint, ...others].sort((a, b) => b.step - a.step || b.phaseIndex - a.phaseIndex);
        break;
      }
      case 'checkpoint-removed':
        this.#checkpoints = this.#checkpoints.filter(({ name }) => name !== entry.name);
        break;
      case 'scalars':
        for (const { step, values } of entry.points)
          for (const [name, value] of Object.entries(values)) this.#series(name).set(step, value);
        break;
      case 'truncated':
        for (const series of this.#scalars.values()) for (const step of series.keys()) if (step > entry.afterStep) series.delete(step);
        break;
      case 'log':
        this.#logs.push(entry.log);
        break;
    }
  }

  content(): JournalContent {
    return {
      // Nobody runs what is read from a file.
      trials: [...this.#trials.values()]
        .sort((a, b) => a.number - b.number)
        .map((trial) => (trial.state === 'running' ? { ...trial, state: 'abandoned' } : trial)),
      checkpoints: this.#checkpoints,
      logs: this.#logs,
      scalars: Object.fromEntries(
        [...this.#scalars].map(([name, series]) => [
          name,
          [...series].map(([step, value]) => ({ step, value })).sort((a, b) => a.step - b.step),
        ]),
      ),
    };
  }

  #series(name: string): Map<number, number> {
    const series = this.#scalars.get(name) ?? new Map<number, number>();
    this.#scalars.set(name, series);
    return series;
  }
}
