import type {
  CheckpointRecord,
  DatasetRecord,
  ExperimentRecord,
  ExperimentState,
  Failure,
  Json,
  LogRecord,
  RunnerMark,
  TrialRecord,
  TrialState,
} from '../store.ts';
import type { Row, SqlValue } from './driver.ts';

/** Rows were written by this store and are constrained by the schema; this is the one place where they become records. */
export function experimentOf(row: Row): ExperimentRecord {
  return {
    id: text(row, 'id'),
    name: text(row, 'name'),
    system: text(row, 'system'),
    state: text(row, 'state') as ExperimentState,
    config: parsed(row, 'config') as Json,
    environment: parsed(row, 'environment') as Json,
    createdAt: text(row, 'created_at'),
    updatedAt: text(row, 'updated_at'),
    tags: parsed(row, 'tags') as readonly string[],
    note: text(row, 'note'),
    seconds: number(row, 'seconds'),
    ...present('failure', parsed(row, 'failure') as Failure | undefined),
    ...present('origin', optionalText(row, 'origin')),
    ...present('runner', parsed(row, 'runner') as RunnerMark | undefined),
    ...present('archivedAt', optionalText(row, 'archived_at')),
  };
}

export function trialOf(experiment: string, row: Row): TrialRecord {
  return {
    experiment,
    number: number(row, 'number'),
    attempt: number(row, 'attempt'),
    state: text(row, 'state') as TrialState,
    arch: parsed(row, 'arch') as Json,
    hash: text(row, 'hash'),
    metrics: parsed(row, 'metrics') as readonly Json[],
    startedAt: text(row, 'started_at'),
    ...present('cost', parsed(row, 'cost') as Json | undefined),
    ...present('steps', optionalNumber(row, 'steps')),
    ...present('seed', optionalNumber(row, 'seed')),
    ...present('parents', parsed(row, 'parents') as readonly number[] | undefined),
    ...present('operator', optionalText(row, 'operator')),
    ...present('series', optionalText(row, 'series')),
    ...present('role', optionalText(row, 'role')),
    ...present('details', parsed(row, 'details') as Json | undefined),
    ...present('weights', optionalText(row, 'weights')),
    ...present('failure', parsed(row, 'failure') as Failure | undefined),
    ...present('finishedAt', optionalText(row, 'finished_at')),
  };
}

export function checkpointOf(experiment: string, row: Row): CheckpointRecord {
  return {
    experiment,
    name: text(row, 'name'),
    step: number(row, 'step'),
    phaseIndex: number(row, 'phase_index'),
    state: parsed(row, 'state') as Json,
    file: text(row, 'file'),
    bytes: number(row, 'bytes'),
    sha256: text(row, 'sha256'),
    keep: number(row, 'keep') === 1,
    createdAt: text(row, 'created_at'),
  };
}

export function logOf(experiment: string, row: Row): LogRecord {
  return {
    experiment,
    time: text(row, 'time'),
    level: text(row, 'level') as LogRecord['level'],
    message: text(row, 'message'),
    ...present('values', parsed(row, 'data') as Json | undefined),
  };
}

export function datasetOf(row: Row): DatasetRecord {
  return {
    name: text(row, 'name'),
    kind: text(row, 'kind'),
    root: text(row, 'root'),
    fingerprint: text(row, 'fingerprint'),
    info: parsed(row, 'info') as Json,
    addedAt: text(row, 'added_at'),
    ...present('archivedAt', optionalText(row, 'archived_at')),
  };
}

/** JSON text of a value, NULL for undefined. */
export function json(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

export function text(row: Row, column: string): string {
  return String(row[column]);
}

export function number(row: Row, column: string): number {
  return Number(row[column]);
}

/** `{ [key]: value }`, or nothing when the value is undefined. */
export function present<K extends string, T>(key: K, value: T | undefined): { [P in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: T };
}

function isNull(value: SqlValue | undefined): value is null | undefined {
  return value === null || value === undefined;
}

function optionalText(row: Row, column: string): string | undefined {
  return isNull(row[column]) ? undefined : text(row, column);
}

function optionalNumber(row: Row, column: string): number | undefined {
  return isNull(row[column]) ? undefined : number(row, column);
}

export function parsed(row: Row, column: string): unknown {
  const value = row[column];
  return isNull(value) ? undefined : (JSON.parse(String(value)) as unknown);
}
