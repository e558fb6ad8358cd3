import { BrowserWindow, dialog, shell } from 'electron';
import { join } from 'node:path';
import { StoreError } from '../../db/store.ts';
import type { PathGrants } from '../ipc/grants.ts';
import type { PickRequest, PlacesApi } from '../ipc/places.ts';

/** Folders and files by the system's own dialogs. What the user chose is granted. */
export function windowPlaces(grants: PathGrants, exportsFolder: () => Promise<string>): Omit<PlacesApi, 'readArchitecture'> {
  return {
    places: async () => ({ canPick: true, roots: grants.roots, exportsFolder: await exportsFolder() }),
    listFolders: () =>
      Promise.reject(new StoreError('not-here', 'The window lists no folders.', { tip: "Choose by the system's dialog instead." })),
    pickPath: async (request) => {
      const path = await pick(request, await exportsFolder());
      if (path !== undefined) grants.add(path);
      return path === undefined ? {} : { path };
    },
    showInFolder: async (path) => shell.showItemInFolder(path),
  };
}

async function pick({ kind, title, suggestedName, extensions = [] }: PickRequest, folder: string): Promise<string | undefined> {
  const filters = extensions.length === 0 ? [] : [{ name: title, extensions: [...extensions] }];
  const parent = BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0];
  if (parent === undefined) return undefined;
  if (kind === 'save') {
    const { filePath } = await dialog.showSaveDialog(parent, { title, defaultPath: join(folder, suggestedName ?? ''), filters });
    // Cancelled is undefined in some versions of Electron, an empty text in others.
    return filePath === undefined || filePath === '' ? undefined : filePath;
  }
  const properties = kind === 'folder' ? (['openDirectory', 'createDirectory'] as const) : (['openFile'] as const);
  const { filePaths } = await dialog.showOpenDialog(parent, { title, filters, properties: [...properties] });
  return filePaths[0];
}
