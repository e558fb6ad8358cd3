import type { Migration } from './catalog.ts';

/**
 * What stands beside finished trials, and the columns of all trials for charts: an index that holds them, so that reading
 * 50,000 trials leaves their architectures and details alone.
 */
export const besideTrials: Migration = {
  version: 2,
  name: 'beside-trials',
  sql: `
CREATE INDEX trials_points ON trials
  (experiment_key, number, state, role, series, operator, hash, cost, metrics, steps, seed);

CREATE TABLE trial_annotations (
  experiment_key INTEGER NOT NULL REFERENCES experiments (key) ON DELETE CASCADE,
  number         INTEGER NOT NULL,
  starred        INTEGER NOT NULL DEFAULT 0 CHECK (starred IN (0, 1)),
  shortlisted    INTEGER NOT NULL DEFAULT 0 CHECK (shortlisted IN (0, 1)),
  tags           TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(tags)),
  note           TEXT NOT NULL DEFAULT '',
  exclusion      TEXT,
  updated_at     TEXT NOT NULL,
  PRIMARY KEY (experiment_key, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE trial_results (
  key            INTEGER PRIMARY KEY,
  experiment_key INTEGER NOT NULL REFERENCES experiments (key) ON DELETE CASCADE,
  number         INTEGER NOT NULL,
  kind           TEXT NOT NULL CHECK (kind IN ('retrained', 'measured')),
  name           TEXT NOT NULL,
  value          REAL,
  split          TEXT NOT NULL DEFAULT '',
  seed           INTEGER,
  details        TEXT CHECK (json_valid(details)),
  created_at     TEXT NOT NULL
) STRICT;
CREATE INDEX trial_results_by_trial ON trial_results (experiment_key, number, key);

CREATE TABLE reference_edits (
  key            INTEGER PRIMARY KEY,
  experiment_key INTEGER NOT NULL REFERENCES experiments (key) ON DELETE CASCADE,
  macs           REAL NOT NULL,
  metric         REAL NOT NULL,
  note           TEXT NOT NULL CHECK (note <> ''),
  created_at     TEXT NOT NULL
) STRICT;
CREATE INDEX reference_edits_by_experiment ON reference_edits (experiment_key, key);
`,
};
