import { existsSync } from 'node:fs';
import { openSqliteStore } from '../../db/sqlite/open-store.ts';
import { StoreError } from '../../db/store.ts';
import type { ExperimentStore } from '../../db/store.ts';
import type { DoctorReport, HealthFinding } from '../ipc/contract.ts';
import { damagedDatabases, experimentFolders, experimentIdsIn, isDecisionDue, listBackups, moveAside, restoreNewest } from './backups.ts';
import { experimentFolder } from './home.ts';
import type { HomeLayout } from './home.ts';
import { currentOwner, homeInUse, takeHome } from './home-owner.ts';
import { listPrunable, sumOf } from './prune.ts';

type Examination = Pick<DoctorReport, 'database' | 'schemaVersion' | 'lacking'> & { readonly findings: readonly HealthFinding[] };

/** Looks at a home without changing anything, also where the database cannot be opened. */
export function examineHome(layout: HomeLayout): DoctorReport {
  const examination = examineDatabase(layout);
  const owner = currentOwner(layout);
  return {
    home: layout.root,
    ...examination,
    backups: listBackups(layout),
    ...(owner === undefined ? {} : { holder: { pid: owner.pid, command: owner.command, since: owner.since } }),
  };
}

/**
 * Restores the newest backup or begins with an empty database. What was there is moved aside and kept.
 * Errors: 'home-in-use', 'database-sound' (nothing to repair), 'no-backup'.
 */
export function repairHome(layout: HomeLayout, action: 'restore' | 'start-empty', command: string): DoctorReport {
  const hold = takeHome(layout, command);
  if (hold === undefined) throw homeInUse(layout, 'Repairing the database');
  try {
    const { database } = examineDatabase(layout);
    if (database === 'ok' || database === 'newer') {
      throw new StoreError('database-sound', `Repairing ${layout.database}: there is nothing to repair, it opens and its structure is sound.`, {
        tip: 'To begin anew all the same choose another home with --home.',
      });
    }
    const kept = moveAside(layout);
    if (action === 'restore') restoreNewest(layout);
    else openSqliteStore(layout.database, { access: 'write' }).close();
    return { ...examineHome(layout), repaired: { action, kept: [...kept, ...damagedDatabases(layout).filter((file) => !kept.includes(file))] } };
  } finally {
    hold.release();
  }
}

function examineDatabase(layout: HomeLayout): Examination {
  if (!existsSync(layout.database)) {
    return isDecisionDue(layout) ? damaged(layout, `The database was damaged and moved to ${damagedDatabases(layout)[0]}.`) : missing(layout);
  }
  try {
    const store = openSqliteStore(layout.database, { access: 'read', checkFirst: true });
    try {
      return {
        database: store.isNewer ? 'newer' : 'ok',
        schemaVersion: store.schemaVersion,
        lacking: lackingOf(layout, store.experiments().map(({ id }) => id)),
        findings: findingsOf(layout, store),
      };
    } finally {
      store.close();
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (error.code === 'database-damaged') return damaged(layout, error.message);
    return { database: 'unreadable', lacking: [], findings: [{ code: error.code, severity: 'error', message: error.message, ...(error.tip === undefined ? {} : { tip: error.tip }) }] };
  }
}

function missing(layout: HomeLayout): Examination {
  const lacking = lackingOf(layout, []);
  const finding: HealthFinding = lacking.length === 0
    ? { code: 'database-missing', severity: 'info', message: `There is no database in ${layout.root} yet; the first command that writes creates it.` }
    : {
        code: 'database-missing',
        severity: 'error',
        message: `${layout.database} is missing, but there are folders of ${lacking.length} experiments.`,
        tip: 'Put the file back if it was moved; lab doctor --restore brings the newest backup back.',
      };
  return { database: 'missing', lacking, findings: [finding] };
}

function damaged(layout: HomeLayout, message: string): Examination {
  const backup = listBackups(layout)[0];
  const known = backup === undefined ? [] : (experimentIdsIn(backup.file) ?? []);
  const lacking = lackingOf(layout, known);
  const lacks = lacking.length === 0 ? 'It has every experiment that has a folder here.' : `It lacks ${lacking.join(', ')}.`;
  return {
    database: 'damaged',
    lacking,
    findings: [
      {
        code: 'database-damaged',
        severity: 'error',
        message: backup === undefined ? message : `${message} The newest backup is of ${backup.at}. ${lacks}`,
        tip: backup === undefined ? 'There is no backup. Begin with an empty database: lab doctor --start-empty' : 'Bring the newest backup back: lab doctor --restore',
      },
    ],
  };
}

function lackingOf(layout: HomeLayout, known: readonly string[]): readonly string[] {
  return experimentFolders(layout).filter((id) => !known.includes(id));
}

function findingsOf(layout: HomeLayout, store: ExperimentStore): readonly HealthFinding[] {
  const findings: HealthFinding[] = [];
  for (const { id, state } of store.experiments()) {
    if ((state === 'interrupted' || state === 'stopped') && !existsSync(experimentFolder(layout, id))) {
      findings.push({ code: 'folder-missing', severity: 'warning', message: `The folder of experiment ${id} is missing; resuming begins anew.` });
    }
  }
  for (const { name, root } of store.datasets()) {
    if (existsSync(root)) continue;
    findings.push({
      code: 'dataset-missing',
      severity: 'warning',
      message: `The folder of the data set '${name}' is missing: ${root}.`,
      tip: `Connect the disk, or say where it went: lab data relocate ${name} DIR`,
    });
  }
  const prunable = listPrunable(store, layout);
  if (prunable.length > 0) {
    findings.push({ code: 'prunable-files', severity: 'info', message: `${prunable.length} files with ${sumOf(prunable)} bytes are not needed any more.`, tip: 'lab prune' });
  }
  for (const file of damagedDatabases(layout)) {
    findings.push({ code: 'damaged-kept', severity: 'info', message: `A damaged database is kept at ${file}; it can be deleted.` });
  }
  return findings;
}
