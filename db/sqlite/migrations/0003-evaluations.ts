import type { Migration } from './catalog.ts';

/** Networks judged on a split, and data sets that were put away. */
export const evaluations: Migration = {
  version: 3,
  name: 'evaluations',
  sql: `
CREATE TABLE evaluations (
  key         INTEGER PRIMARY KEY,
  id          TEXT NOT NULL UNIQUE,
  dataset     TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  split       TEXT NOT NULL,
  subject     TEXT NOT NULL CHECK (json_valid(subject)),
  result      TEXT NOT NULL CHECK (json_valid(result)),
  created_at  TEXT NOT NULL
) STRICT;
CREATE INDEX evaluations_by_dataset ON evaluations (dataset, key);

ALTER TABLE datasets ADD COLUMN archived_at TEXT;
`,
};
