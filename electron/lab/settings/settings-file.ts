import { existsSync, readFileSync, renameSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { fileError, writeFileSafely } from '../../../db/checkpoints/file-system.ts';
import { StoreError } from '../../../db/store.ts';
import { describeBackend } from '../../../engine/backend/descriptions.ts';
import { defaultSettings } from '../../ipc/settings.ts';
import type { LabSettings } from '../../ipc/settings.ts';
import { settingsSections } from '../../ipc/schemas/settings.ts';
import { settingsFile } from '../workspace.ts';

/**
 * The settings of a home; the usual ones where none were written. A value that is not understood, or unknown to this version, does not count; the
 * others do. A file that is no JSON is put aside, one that cannot be read is left as it is: the lab must open without either.
 */
export function readSettings(home: string): LabSettings {
  try {
    return storedSettings(home);
  } catch {
    return defaultSettings;
  }
}

/** Writes the changed sections whole. StoreError 'invalid-settings'; that of the disk when the settings so far cannot be read or written. */
export function writeSettings(home: string, change: Partial<LabSettings>): LabSettings {
  const next = { ...storedSettings(home), ...change };
  const { workspace } = next.storage;
  if (workspace !== undefined && !isAbsolute(workspace)) {
    throw new StoreError('invalid-settings', `The workspace must be an absolute path; '${workspace}' came.`);
  }
  if (next.compute.backend !== undefined) describeBackend(next.compute.backend);
  writeFileSafely(settingsFile(home), home, new TextEncoder().encode(`${JSON.stringify(next, null, 2)}\n`));
  return next;
}

/** Throws the error of the disk. */
function storedSettings(home: string): LabSettings {
  const file = settingsFile(home);
  if (!existsSync(file)) return defaultSettings;
  const stored = parsed(textOf(file));
  if (stored === undefined) {
    renameSync(file, `${file}.damaged`);
    return defaultSettings;
  }
  const sections = Object.entries(settingsSections).map(([name, schema]) => [
    name,
    understood(schema, defaultSettings[name as keyof LabSettings], stored[name]),
  ]);
  return Object.fromEntries(sections) as LabSettings;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw fileError(`Reading the settings ${file}`, error);
  }
}

/** Undefined where it is no JSON object. */
function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The usual values with each stored one that fits. */
function understood(schema: (typeof settingsSections)[keyof LabSettings], usual: object, stored: unknown): object {
  let section = usual;
  for (const [key, value] of isObject(stored) ? Object.entries(stored) : []) {
    const next = { ...section, [key]: value };
    if (schema.safeParse(next).success) section = next;
  }
  return section;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
