import type { Migration } from './catalog.ts';

/** Experiments that were put away: they stay, lists leave them out. */
export const archive: Migration = {
  version: 4,
  name: 'archive',
  sql: 'ALTER TABLE experiments ADD COLUMN archived_at TEXT;',
};
