import type { Migration } from './catalog.ts';

/** Searches that have not begun: drafts, and those that wait for their turn in the order of their keys. */
export const plans: Migration = {
  version: 5,
  name: 'plans',
  sql: `
CREATE TABLE plans (
  key        INTEGER PRIMARY KEY AUTOINCREMENT,
  id         TEXT NOT NULL UNIQUE,
  kind       TEXT NOT NULL CHECK (kind IN ('draft', 'queued')),
  request    TEXT NOT NULL CHECK (json_valid(request)),
  failure    TEXT CHECK (json_valid(failure)),
  created_at TEXT NOT NULL
) STRICT;
`,
};
