import { unknownTrial } from '../errors.ts';
import type { ExperimentStore, Json, ReferenceEdit, TrialAnnotation, TrialResultRecord } from '../store.ts';
import { changedAnnotation } from '../trial-notes.ts';
import type { Row, SqliteDatabase } from './driver.ts';
import { keyOf } from './experiments.ts';
import { json, number as numberOf, present, text } from './rows.ts';

type NoteOperations = Pick<
  ExperimentStore,
  'annotateTrial' | 'annotateTrials' | 'trialAnnotations' | 'addTrialResults' | 'trialResults' | 'addReferenceEdit' | 'referenceEdits'
>;

const annotateSql = `
INSERT INTO trial_annotations (experiment_key, number, starred, shortlisted, tags, note, exclusion, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (experiment_key, number) DO UPDATE SET
  starred = excluded.starred, shortlisted = excluded.shortlisted, tags = excluded.tags, note = excluded.note,
  exclusion = excluded.exclusion, updated_at = excluded.updated_at`;

const resultSql = `
INSERT INTO trial_results (experiment_key, number, kind, name, value, split, seed, details, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

const editSql = 'INSERT INTO reference_edits (experiment_key, macs, metric, note, created_at) VALUES (?, ?, ?, ?, ?)';

/** What stands beside finished trials. */
export function noteOperations(database: SqliteDatabase, now: () => string): NoteOperations {
  const keyOfTrial = (experiment: string, number: number): number => {
    const key = keyOf(database, experiment);
    if (database.get('SELECT 1 AS found FROM trials WHERE experiment_key = ? AND number = ?', key, number) === undefined)
      throw unknownTrial(experiment, number);
    return key;
  };
  const annotate: NoteOperations['annotateTrial'] = (experiment, number, change) => {
    const key = keyOfTrial(experiment, number);
    const row = database.get('SELECT * FROM trial_annotations WHERE experiment_key = ? AND number = ?', key, number);
    const before = row === undefined ? undefined : annotationOf(experiment, row);
    const annotation = changedAnnotation(experiment, number, before, change, now());
    writeAnnotation(database, key, annotation);
    return annotation;
  };
  return {
    annotateTrial: (experiment, number, change) => database.transaction(() => annotate(experiment, number, change)),
    annotateTrials: (experiment, numbers, change) =>
      database.transaction(() => numbers.map((number) => annotate(experiment, number, change))),
    trialAnnotations: (experiment) =>
      database
        .all('SELECT * FROM trial_annotations WHERE experiment_key = ? ORDER BY number', keyOf(database, experiment))
        .map((row) => annotationOf(experiment, row)),
    addTrialResults: (experiment, number, results) => {
      database.transaction(() => {
        const key = keyOfTrial(experiment, number);
        for (const result of results) writeResult(database, key, { ...result, experiment, number, createdAt: now() });
      });
    },
    trialResults: (experiment) =>
      database
        .all('SELECT * FROM trial_results WHERE experiment_key = ? ORDER BY number, key', keyOf(database, experiment))
        .map((row) => resultOf(experiment, row)),
    addReferenceEdit: (experiment, edit) => {
      database.run(editSql, keyOf(database, experiment), edit.macs, edit.metric, edit.note, now());
    },
    referenceEdits: (experiment) =>
      database.all('SELECT * FROM reference_edits WHERE experiment_key = ? ORDER BY key DESC', keyOf(database, experiment)).map(editOf),
  };
}

/** Everything beside the trials of `id`, to be written again after its record was replaced; nothing when it is not there. */
export function takeNotes(database: SqliteDatabase, notes: NoteOperations, id: string): (key: number) => void {
  if (database.get('SELECT 1 AS found FROM experiments WHERE id = ?', id) === undefined) return () => undefined;
  const annotations = notes.trialAnnotations(id);
  const results = notes.trialResults(id);
  const edits = notes.referenceEdits(id).toReversed();
  return (key) => {
    for (const annotation of annotations) writeAnnotation(database, key, annotation);
    for (const result of results) writeResult(database, key, result);
    for (const { macs, metric, note, createdAt } of edits) database.run(editSql, key, macs, metric, note, createdAt);
  };
}

function writeAnnotation(database: SqliteDatabase, key: number, annotation: TrialAnnotation): void {
  database.run(
    annotateSql,
    key,
    annotation.number,
    annotation.isStarred ? 1 : 0,
    annotation.isShortlisted ? 1 : 0,
    json(annotation.tags),
    annotation.note,
    annotation.exclusion ?? null,
    annotation.updatedAt,
  );
}

function writeResult(database: SqliteDatabase, key: number, result: TrialResultRecord): void {
  database.run(
    resultSql,
    key,
    result.number,
    result.kind,
    result.name,
    result.value,
    result.split,
    result.seed ?? null,
    json(result.details),
    result.createdAt,
  );
}

function annotationOf(experiment: string, row: Row): TrialAnnotation {
  return {
    experiment,
    number: numberOf(row, 'number'),
    isStarred: numberOf(row, 'starred') === 1,
    isShortlisted: numberOf(row, 'shortlisted') === 1,
    tags: JSON.parse(text(row, 'tags')) as readonly string[],
    note: text(row, 'note'),
    ...present('exclusion', row['exclusion'] === null ? undefined : text(row, 'exclusion')),
    updatedAt: text(row, 'updated_at'),
  };
}

function resultOf(experiment: string, row: Row): TrialResultRecord {
  return {
    experiment,
    number: numberOf(row, 'number'),
    kind: text(row, 'kind') as TrialResultRecord['kind'],
    name: text(row, 'name'),
    value: row['value'] === null ? null : numberOf(row, 'value'),
    split: text(row, 'split'),
    ...present('seed', row['seed'] === null ? undefined : numberOf(row, 'seed')),
    ...present('details', row['details'] === null ? undefined : (JSON.parse(text(row, 'details')) as Json)),
    createdAt: text(row, 'created_at'),
  };
}

function editOf(row: Row): ReferenceEdit {
  return { macs: numberOf(row, 'macs'), metric: numberOf(row, 'metric'), note: text(row, 'note'), createdAt: text(row, 'created_at') };
}
