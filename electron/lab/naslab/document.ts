import { z } from 'zod';
import type { ExperimentBundle, Json } from '../../../db/store.ts';
import { StoreError } from '../../../db/store.ts';
import { parseArchitecture } from '../../../engine/catalog.ts';
import { parseSearchConfig } from '../../../engine/search/config.ts';
import { invalidFile } from './container.ts';
import type { CarriedFile } from './container.ts';
import { environmentSchema } from './environment-schema.ts';
import { notesSchema } from './notes.ts';
import type { CarriedNotes } from './notes.ts';

export const documentVersion = 1;

/** What a .naslab file says; every file in it is named by a trial or a checkpoint. */
export interface NaslabDocument {
  readonly version: typeof documentVersion;
  readonly exportedAt: string;
  readonly appVersion: string;
  /** The training states of an experiment that can go on are with it. */
  readonly hasStates: boolean;
  readonly experiment: ExperimentBundle['experiment'];
  readonly trials: ExperimentBundle['trials'];
  /** [step, value] by name; values that JSON does not have as text: 'NaN', 'Infinity', '-Infinity'. */
  readonly scalars: Readonly<Record<string, readonly (readonly [number, number | string])[]>>;
  readonly logs: ExperimentBundle['logs'];
  readonly checkpoints: ExperimentBundle['checkpoints'];
  readonly files: readonly CarriedFile[];
  /** Absent where nothing was said, and in files of earlier apps. */
  readonly notes?: CarriedNotes;
}

const text = (longest: number) => z.string().max(longest);
const count = z.int().min(0);
const positive = z.int().min(1);
const time = z.iso.datetime();
/** As JSON.parse gave it; what the engine takes from it is parsed by the engine. */
const json = z.custom<Json>((value) => value !== undefined);
const failure = z.strictObject({ code: text(200), message: text(100_000), tip: text(10_000).exactOptional() });
/** Also the name of a folder. */
const experimentId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/);
/** Relative, forward slashes, no part begins with a dot, nothing but weights. */
const fileName = text(200).regex(/^(?:[A-Za-z0-9_][A-Za-z0-9_.=-]*\/)*[A-Za-z0-9_][A-Za-z0-9_.=-]*\.safetensors$/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const experimentSchema = z.strictObject({
  id: experimentId,
  name: text(200),
  system: text(100),
  state: z.enum(['interrupted', 'stopped', 'complete', 'failed']),
  config: json,
  environment: environmentSchema,
  createdAt: time,
  updatedAt: time,
  failure: failure.exactOptional(),
  origin: text(200).exactOptional(),
  tags: z.array(text(200)).max(1000),
  note: text(100_000),
  seconds: z.number().min(0),
});

const metric = z.strictObject({
  name: text(100),
  value: z.number().nullable(),
  split: text(100),
  kind: z.enum(['proxy', 'retrained', 'measured']),
});
const cost = z.strictObject({
  macs: z.number().min(0),
  params: z.number().min(0),
  activationBytes: z.number().min(0),
  input: z.array(positive).min(1).max(8),
  scope: z.enum(['full', 'backbone', 'head']),
});

export const trialSchema = z.strictObject({
  number: count,
  attempt: positive,
  state: z.enum(['complete', 'failed', 'abandoned']),
  arch: json,
  hash: text(200),
  cost: cost.exactOptional(),
  metrics: z.array(metric).max(100),
  steps: count.exactOptional(),
  seed: count.exactOptional(),
  parents: z.array(count).max(1000).exactOptional(),
  operator: text(200).exactOptional(),
  series: text(200).exactOptional(),
  role: z.enum(['front', 'trajectory', 'reference']).exactOptional(),
  details: json.exactOptional(),
  weights: fileName.exactOptional(),
  failure: failure.exactOptional(),
  startedAt: time,
  finishedAt: time.exactOptional(),
});

export const checkpointSchema = z.strictObject({
  name: text(200),
  step: count,
  phaseIndex: count,
  state: json,
  file: fileName,
  bytes: count,
  sha256,
  keep: z.boolean(),
  createdAt: time,
});

export const logSchema = z.strictObject({
  time,
  level: z.enum(['info', 'warn', 'error']),
  message: text(100_000),
  values: json.exactOptional(),
});

const scalarName = z.string().regex(/^[^\p{Cc}]{1,200}$/u);
const documentSchema: z.ZodType<NaslabDocument> = z.strictObject({
  version: z.literal(documentVersion),
  exportedAt: time,
  appVersion: text(100),
  hasStates: z.boolean(),
  experiment: experimentSchema,
  trials: z.array(trialSchema),
  scalars: z.record(scalarName, z.array(z.tuple([count, z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])])]))),
  logs: z.array(logSchema),
  checkpoints: z.array(checkpointSchema).max(1000),
  files: z.array(z.strictObject({ file: fileName, bytes: count, sha256 })),
  notes: notesSchema.exactOptional(),
});

/**
 * The document of a file, wholly checked: shapes, limits, names of files, and that its parts fit together and the engine understands them.
 * StoreError 'import-unsupported' for another version, 'import-invalid' with the first few problems and their paths.
 */
export function parseDocument(value: unknown): NaslabDocument {
  const { version } = (typeof value === 'object' && value !== null ? value : {}) as { readonly version?: unknown };
  if (typeof version === 'number' && version > documentVersion) {
    throw new StoreError(
      'import-unsupported',
      `The file cannot be imported: it has version ${version}, this app reads up to ${documentVersion}.`,
      { tip: 'Update the app.' },
    );
  }
  try {
    const result = documentSchema.safeParse(value);
    if (!result.success) {
      throw invalidFile(
        result.error.issues
          .slice(0, 5)
          .map(({ path, message }) => `${path.map(String).join('.') || 'document'}: ${message}`)
          .join('; '),
      );
    }
    checkParts(result.data);
    return result.data;
  } catch (error) {
    if (error instanceof StoreError) throw error;
    // The engine refuses an architecture or the configuration, or something is nested too deeply.
    throw invalidFile(error instanceof Error ? error.message.replace(/\.$/, '') : String(error), error);
  }
}

function checkParts({ experiment: { system, config }, trials, checkpoints, files, notes }: NaslabDocument): void {
  if (parseSearchConfig(config).system !== system) throw invalidFile(`experiment.system is ${system}, its configuration is of another one`);
  for (const { arch } of trials) parseArchitecture(arch);
  checkUnique(
    'trial',
    trials.map(({ number }) => String(number)),
  );
  checkUnique(
    'checkpoint',
    checkpoints.map(({ name }) => name),
  );
  checkUnique(
    'annotation of trial',
    (notes?.annotations ?? []).map(({ number }) => String(number)),
  );
  const numbers = new Set(trials.map(({ number }) => number));
  for (const { number } of [...(notes?.annotations ?? []), ...(notes?.results ?? [])])
    if (!numbers.has(number)) throw invalidFile(`the notes are about a trial ${number}, which it does not have`);
  // Some file systems take names for equal that differ in case alone.
  checkUnique(
    'file',
    files.map(({ file }) => file.toLowerCase()),
  );
  const listed = new Map(files.map((entry) => [entry.file, entry]));
  const named = new Set([...trials.flatMap(({ weights }) => weights ?? []), ...checkpoints.map(({ file }) => file)]);
  for (const file of named) if (!listed.has(file)) throw invalidFile(`${file} is named but not carried`);
  for (const file of listed.keys()) if (!named.has(file)) throw invalidFile(`${file} is carried, but no trial and no checkpoint names it`);
  for (const { file, bytes, sha256: hash } of checkpoints) {
    const carried = listed.get(file);
    if (carried?.bytes !== bytes || carried.sha256 !== hash) throw invalidFile(`${file} is not what its checkpoint names`);
  }
}

function checkUnique(what: string, names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw invalidFile(`the ${what} ${name} comes twice`);
    seen.add(name);
  }
}

/** As the store takes it. */
export function scalarsOf({ scalars }: NaslabDocument): ExperimentBundle['scalars'] {
  return Object.fromEntries(
    Object.entries(scalars).map(([name, points]) => [name, points.map(([step, value]) => ({ step, value: Number(value) }))]),
  );
}

/** As the document has it. */
export function carriedScalars(scalars: ExperimentBundle['scalars']): NaslabDocument['scalars'] {
  const carried = (value: number): number | string => (Number.isFinite(value) ? value : String(value));
  return Object.fromEntries(
    Object.entries(scalars).map(([name, points]) => [name, points.map(({ step, value }) => [step, carried(value)] as const)]),
  );
}
