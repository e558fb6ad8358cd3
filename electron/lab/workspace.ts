import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { resolveHome } from './home.ts';

/** The file of a home that keeps the user's settings. */
export function settingsFile(home: string): string {
  return join(home, 'settings.json');
}

/**
 * The folder of what the user takes along (exports, pictures): the one that the settings name (`storage.workspace`), else ~/Paretoscope, and for a
 * home that was named a folder inside of it.
 */
export function workspaceOf(home: string, env: Readonly<Record<string, string | undefined>> = process.env): string {
  const chosen = chosenWorkspace(home);
  if (chosen !== undefined) return chosen;
  const usual = resolveHome({ env: { ...env, LAB_HOME: undefined } });
  return home === usual ? join(homedir(), 'Paretoscope') : join(home, 'workspace');
}

export function exportsFolderOf(home: string): string {
  return join(workspaceOf(home), 'exports');
}

function chosenWorkspace(home: string): string | undefined {
  try {
    const { storage } = JSON.parse(readFileSync(settingsFile(home), 'utf8')) as { storage?: { workspace?: unknown } };
    const workspace = storage?.workspace;
    return typeof workspace === 'string' && isAbsolute(workspace) ? workspace : undefined;
  } catch {
    // Without settings, or with damaged ones, the usual place is meant.
    return undefined;
  }
}
