import { existsSync } from 'node:fs';
import { experimentIdsIn } from '../../db/sqlite/experiment-ids.ts';
import { openSqliteStore } from '../../db/sqlite/open-store.ts';
import { StoreError } from '../../db/store.ts';
import type { ExperimentStore } from '../../db/store.ts';
import type { DoctorReport, HealthFinding } from '../ipc/contract.ts';
import { shellWord } from './cli/format.ts';
import { adoptInto, damagedDatabases, isDecisionDue, listBackups, moveAside, newestUsable, restore } from './backups.ts';
import { foldersAhead, foldersNotUnderstood } from './folder/adopt-folders.ts';
import { experimentFolder, experimentFolders } from './home.ts';
import type { HomeLayout } from './home.ts';
import { currentOwner, waitForHome } from './home-owner.ts';
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
 * Restores the newest backup, brought up to date from the experiments' folders, or begins with an empty database. What was there is moved aside
 * and kept. A sound database is only brought up to date from the folders.
 * Errors: 'home-in-use', 'database-sound' (nothing to repair), 'database-unreadable', 'no-backup'.
 */
export async function repairHome(
  layout: HomeLayout,
  action: 'restore' | 'start-empty',
  command: string,
  waitMs: number,
): Promise<DoctorReport> {
  const hold = await waitForHome(layout, command, 'Repairing the database', waitMs);
  try {
    const repaired = action === 'restore' ? restoreHome(layout) : startEmpty(layout);
    return { ...examineHome(layout), repaired: { action, ...repaired } };
  } finally {
    hold.release();
  }
}

type Repaired = Omit<NonNullable<DoctorReport['repaired']>, 'action'>;

function restoreHome(layout: HomeLayout): Repaired {
  if (examineDatabase(layout).database === 'ok') {
    const adopted = adoptInto(layout.database, layout);
    if (adopted.added.length + adopted.updated.length === 0) throw databaseSound(layout);
    return { kept: [], ...adopted };
  }
  const moved = moveUnsoundAside(layout);
  const adopted = restore(layout);
  return { kept: keptOf(layout, moved), ...adopted };
}

function startEmpty(layout: HomeLayout): Repaired {
  const moved = moveUnsoundAside(layout);
  openSqliteStore(layout.database, { access: 'write' }).close();
  return { kept: keptOf(layout, moved), added: [], updated: [] };
}

function moveUnsoundAside(layout: HomeLayout): readonly string[] {
  const {
    database,
    findings: [finding],
  } = examineDatabase(layout);
  if (database === 'damaged' || database === 'missing') return moveAside(layout);
  if (database !== 'unreadable') throw databaseSound(layout);
  throw new StoreError(
    'database-unreadable',
    `Repairing ${layout.database}: it cannot be read now, so whether it is damaged is unknown. ${finding?.message ?? ''}`.trim(),
    {
      tip: finding?.tip ?? 'Check the disk and the permissions of the home.',
    },
  );
}

function keptOf(layout: HomeLayout, moved: readonly string[]): readonly string[] {
  return [...moved, ...damagedDatabases(layout).filter((file) => !moved.includes(file))];
}

function databaseSound(layout: HomeLayout): StoreError {
  return new StoreError(
    'database-sound',
    `Repairing ${layout.database}: there is nothing to repair, it opens, its structure is sound and it knows every experiment that has a folder here.`,
    {
      tip: 'To begin anew all the same choose another home with --home.',
    },
  );
}

function examineDatabase(layout: HomeLayout): Examination {
  if (!existsSync(layout.database)) {
    return isDecisionDue(layout)
      ? damaged(layout, `The database was damaged and moved to ${damagedDatabases(layout)[0]}.`)
      : missing(layout);
  }
  try {
    const store = openSqliteStore(layout.database, { access: 'read', checkFirst: true });
    try {
      return {
        database: store.isNewer ? 'newer' : 'ok',
        schemaVersion: store.schemaVersion,
        lacking: lackingOf(
          layout,
          store.experiments().map(({ id }) => id),
        ),
        findings: [...(store.lacksNewest ? [newestNotRead] : []), ...findingsOf(layout, store)],
      };
    } finally {
      store.close();
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (error.code === 'database-damaged') return damaged(layout, error.message);
    if (error.code === 'database-outdated') return outdated(layout, error);
    return {
      database: 'unreadable',
      lacking: [],
      findings: [{ code: error.code, severity: 'error', message: error.message, ...(error.tip === undefined ? {} : { tip: error.tip }) }],
    };
  }
}

const newestNotRead: HealthFinding = {
  code: 'newest-not-read',
  severity: 'warning',
  message:
    'The newest entries of the database are not shown: the home cannot be written, and there is no room for a copy in the folder for temporary files.',
  tip: 'Free some space, or make the home writable.',
};

function missing(layout: HomeLayout): Examination {
  const lacking = lackingOf(layout, []);
  const finding: HealthFinding =
    lacking.length === 0
      ? {
          code: 'database-missing',
          severity: 'info',
          message: `There is no database in ${layout.root} yet; the first command that writes creates it.`,
        }
      : {
          code: 'database-missing',
          severity: 'error',
          message: `${layout.database} is missing, but there are folders of ${lacking.length} experiments.`,
          tip: 'Put the file back if it was moved; lab doctor --restore brings the newest backup back, and what the folders remember.',
        };
  return { database: 'missing', lacking, findings: [finding] };
}

function outdated(layout: HomeLayout, { code, message, tip }: StoreError): Examination {
  const lacking = lackingOf(layout, experimentIdsIn(layout.database));
  return { database: 'outdated', lacking, findings: [{ code, severity: 'info', message, ...(tip === undefined ? {} : { tip }) }] };
}

function damaged(layout: HomeLayout, message: string): Examination {
  const backup = newestUsable(layout);
  const lacking = lackingOf(layout, backup?.experimentIds ?? []);
  const lacks = lacking.length === 0 ? 'It has every experiment that has a folder here.' : `It lacks ${lacking.join(', ')}.`;
  return {
    database: 'damaged',
    lacking,
    findings: [
      {
        code: 'database-damaged',
        severity: 'error',
        message: backup === undefined ? message : `${message} The newest backup is of ${backup.at}. ${lacks}`,
        tip:
          backup === undefined
            ? 'There is no usable backup. Rebuild it from the folders of the experiments: lab doctor --restore; or begin with an empty one: lab doctor --start-empty'
            : 'Bring the newest backup back, and what the folders of the experiments remember: lab doctor --restore',
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
      findings.push({
        code: 'folder-missing',
        severity: 'warning',
        message: `The folder of experiment ${id} is missing.`,
        tip: `Put it back from a copy; or begin anew: lab resume ${id} --from-earlier`,
      });
    }
  }
  for (const { name, root } of store.datasets()) {
    if (existsSync(root)) continue;
    findings.push({
      code: 'dataset-missing',
      severity: 'warning',
      message: `The folder of the data set '${name}' is missing: ${root}.`,
      tip: `Connect the disk, or say where it went: lab data relocate ${shellWord(name)} DIR`,
    });
  }
  const ahead = foldersAhead(store, layout);
  if (ahead.length > 0) {
    findings.push({
      code: 'folders-ahead',
      severity: 'warning',
      message: `The folders of ${ahead.join(', ')} remember more than the database, which was put back from a backup.`,
      tip: 'Bring it up to date: lab doctor --restore',
    });
  }
  const strange = foldersNotUnderstood(store, layout);
  if (strange.length > 0) {
    findings.push({
      code: 'folders-not-understood',
      severity: 'warning',
      message: `The folders of ${strange.join(', ')} hold experiments that this app cannot read back: their experiment.json is damaged, or of a newer app.`,
      tip: 'Update the app and run lab doctor --restore; the weight files are there all the same.',
    });
  }
  const prunable = listPrunable(store, layout);
  if (prunable.length > 0) {
    findings.push({
      code: 'prunable-files',
      severity: 'info',
      message: `${prunable.length} files with ${sumOf(prunable)} bytes are not needed any more.`,
      tip: 'lab prune',
    });
  }
  for (const file of damagedDatabases(layout)) {
    findings.push({ code: 'damaged-kept', severity: 'info', message: `A damaged database is kept at ${file}; it can be deleted.` });
  }
  return findings;
}
