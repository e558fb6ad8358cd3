import { existsSync, readFileSync, renameSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { writeFileSafely } from '../../../db/checkpoints/file-system.ts';
import { StoreError } from '../../../db/store.ts';
import { describeBackend } from '../../../engine/backend/descriptions.ts';
import { defaultSettings } from '../../ipc/settings.ts';
import type { LabSettings } from '../../ipc/settings.ts';
import { settingsChange } from '../../ipc/schemas/settings.ts';
import { settingsFile } from '../workspace.ts';

/** The settings of a home; the usual ones where none were written. A damaged file is put aside, since the lab must open without it. */
export function readSettings(home: string): LabSettings {
  const file = settingsFile(home);
  if (!existsSync(file)) return defaultSettings;
  try {
    return completed(settingsChange.parse(JSON.parse(readFileSync(file, 'utf8'))));
  } catch {
    renameSync(file, `${file}.damaged`);
    return defaultSettings;
  }
}

/** Writes the changed sections whole. StoreError 'invalid-settings'. */
export function writeSettings(home: string, change: Partial<LabSettings>): LabSettings {
  const next = { ...readSettings(home), ...change };
  const { workspace } = next.storage;
  if (workspace !== undefined && !isAbsolute(workspace)) {
    throw new StoreError('invalid-settings', `The workspace must be an absolute path; '${workspace}' came.`);
  }
  if (next.compute.backend !== undefined) describeBackend(next.compute.backend);
  writeFileSafely(settingsFile(home), home, new TextEncoder().encode(`${JSON.stringify(next, null, 2)}\n`));
  return next;
}

/** What a file of an older version does not name has its usual value. */
function completed(read: Record<string, unknown>): LabSettings {
  return { ...defaultSettings, ...(read as Partial<LabSettings>) };
}
