import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileError } from '../../../db/checkpoints/file-system.ts';
import { StoreError } from '../../../db/store.ts';
import type { PathGrants } from '../../ipc/grants.ts';
import type { FolderEntry, FolderListing, Places, PlacesApi } from '../../ipc/places.ts';
import type { LabContext } from '../context.ts';
import { readArchitectureFile } from './read-architecture.ts';
import { exportsFolderOf } from '../workspace.ts';

const mostEntries = 2_000;

/** Where no interface says what it may reach (command line): no dialogs, and the lab's own folder. */
export function createPlacesApi({ layout }: Pick<LabContext, 'layout'>): PlacesApi {
  return {
    places: async () => ({ canPick: false, roots: [layout.root], exportsFolder: exportsFolderOf(layout.root) }),
    listFolders: () => Promise.reject(notHere('Listing folders')),
    pickPath: () => Promise.reject(notHere('A dialog for files')),
    readArchitecture: async (path) => readArchitectureFile(path),
    showInFolder: () => Promise.reject(notHere('The file manager')),
  };
}

function notHere(what: string): StoreError {
  return new StoreError('not-here', `${what} is not there in this interface.`, { tip: 'Type the path instead.' });
}

/** For a browser: walks through folders below the granted roots. */
export function browserPlaces(home: string, grants: PathGrants): Pick<PlacesApi, 'places' | 'listFolders'> {
  return {
    places: async (): Promise<Places> => ({ canPick: false, roots: grants.roots, exportsFolder: exportsFolderOf(home) }),
    listFolders: ({ path = grants.roots[0] ?? home, withFiles = [] } = {}) => list(path, withFiles, grants),
  };
}

async function list(given: string, extensions: readonly string[], grants: PathGrants): Promise<FolderListing> {
  grants.check([{ path: given, access: 'read' }]);
  const path = grants.resolved(given) as string;
  const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
    throw fileError(`Listing the folder ${given}`, error);
  });
  const visible = entries.filter(({ name }) => !name.startsWith('.'));
  const isWanted = (name: string): boolean => extensions.some((extension) => name.toLowerCase().endsWith(`.${extension.toLowerCase()}`));
  const links = visible.filter((entry) => entry.isSymbolicLink() && grants.resolved(join(path, entry.name)) !== undefined);
  // A link is shown as a folder when it leads to a granted one; whether it does is known when it is opened.
  const folders = [...visible.filter((entry) => entry.isDirectory()), ...links];
  const files = visible.filter((entry) => entry.isFile() && isWanted(entry.name));
  const parent = dirname(path);
  return {
    path,
    ...(parent !== path && grants.resolved(parent) !== undefined ? { parent } : {}),
    folders: named(path, folders),
    files: named(path, files),
    isCut: folders.length > mostEntries || files.length > mostEntries,
  };
}

function named(folder: string, entries: readonly { readonly name: string }[]): readonly FolderEntry[] {
  return entries
    .map(({ name }) => ({ name, path: join(folder, name) }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
    .slice(0, mostEntries);
}
