import type { Migration } from './catalog.ts';

/** Payloads are JSON; what lists sort by is a generated column with an index. Names of scalars are interned. */
export const initial: Migration = {
  version: 1,
  name: 'initial',
  sql: `
CREATE TABLE experiments (
  key         INTEGER PRIMARY KEY,
  id          TEXT NOT NULL UNIQUE,
  name        TEXT NOT NULL,
  system      TEXT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('running', 'interrupted', 'stopped', 'complete', 'failed')),
  config      TEXT NOT NULL CHECK (json_valid(config)),
  environment TEXT NOT NULL CHECK (json_valid(environment)),
  origin      TEXT,
  tags        TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(tags)),
  note        TEXT NOT NULL DEFAULT '',
  seconds     REAL NOT NULL DEFAULT 0,
  failure     TEXT CHECK (json_valid(failure)),
  runner      TEXT CHECK (json_valid(runner)),
  created_at  TEXT NOT NULL,
  updated_at  TEXT NOT NULL,
  CHECK ((state = 'running') = (runner IS NOT NULL))
) STRICT;

CREATE TABLE trials (
  key            INTEGER PRIMARY KEY,
  experiment_key INTEGER NOT NULL REFERENCES experiments (key) ON DELETE CASCADE,
  number         INTEGER NOT NULL,
  attempt        INTEGER NOT NULL DEFAULT 1,
  state          TEXT NOT NULL CHECK (state IN ('running', 'complete', 'failed', 'abandoned')),
  arch           TEXT NOT NULL CHECK (json_valid(arch)),
  hash           TEXT NOT NULL,
  cost           TEXT CHECK (json_valid(cost)),
  metrics        TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(metrics)),
  steps          INTEGER,
  seed           INTEGER,
  parents        TEXT CHECK (json_valid(parents)),
  operator       TEXT,
  series         TEXT,
  role           TEXT,
  details        TEXT CHECK (json_valid(details)),
  weights        TEXT,
  failure        TEXT CHECK (json_valid(failure)),
  started_at     TEXT NOT NULL,
  finished_at    TEXT,
  macs           REAL GENERATED ALWAYS AS (json_extract(cost, '$.macs')) VIRTUAL,
  params         REAL GENERATED ALWAYS AS (json_extract(cost, '$.params')) VIRTUAL,
  metric         REAL GENERATED ALWAYS AS (json_extract(metrics, '$[0].value')) VIRTUAL,
  UNIQUE (experiment_key, number)
) STRICT;
CREATE INDEX trials_by_macs ON trials (experiment_key, macs);
CREATE INDEX trials_by_params ON trials (experiment_key, params);
CREATE INDEX trials_by_metric ON trials (experiment_key, metric);
CREATE INDEX trials_by_state ON trials (experiment_key, state);

CREATE TABLE scalar_names (
  key  INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- A value that is not a number is NULL.
CREATE TABLE scalars (
  experiment_key INTEGER NOT NULL REFERENCES experiments (key) ON DELETE CASCADE,
  name_key       INTEGER NOT NULL REFERENCES scalar_names (key),
  step           INTEGER NOT NULL,
  value          REAL,
  PRIMARY KEY (experiment_key, name_key, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoints (
  key            INTEGER PRIMARY KEY,
  experiment_key INTEGER NOT NULL REFERENCES experiments (key) ON DELETE CASCADE,
  name           TEXT NOT NULL,
  step           INTEGER NOT NULL,
  phase_index    INTEGER NOT NULL,
  state          TEXT NOT NULL CHECK (json_valid(state)),
  file           TEXT NOT NULL,
  bytes          INTEGER NOT NULL,
  sha256         TEXT NOT NULL,
  keep           INTEGER NOT NULL CHECK (keep IN (0, 1)),
  created_at     TEXT NOT NULL,
  UNIQUE (experiment_key, name)
) STRICT;

CREATE TABLE logs (
  key            INTEGER PRIMARY KEY,
  experiment_key INTEGER NOT NULL REFERENCES experiments (key) ON DELETE CASCADE,
  time           TEXT NOT NULL,
  level          TEXT NOT NULL CHECK (level IN ('info', 'warn', 'error')),
  message        TEXT NOT NULL,
  data           TEXT CHECK (json_valid(data))
) STRICT;
CREATE INDEX logs_by_experiment ON logs (experiment_key, key);

CREATE TABLE datasets (
  name        TEXT PRIMARY KEY,
  kind        TEXT NOT NULL,
  root        TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  info        TEXT NOT NULL CHECK (json_valid(info)),
  added_at    TEXT NOT NULL
) STRICT;
`,
};
