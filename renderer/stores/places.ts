import { defineStore } from 'pinia';
import { computed } from 'vue';
import type { FolderListing, PickRequest } from '../../electron/ipc/places.ts';
import { lab } from '../lab/client.ts';
import { useAppInfo } from './app-info.ts';

/** Files and folders as this face of the lab can choose them. */
export const usePlaces = defineStore('places', () => {
  const app = useAppInfo();
  return {
    canPick: computed(() => app.places?.canPick === true),
    exportsFolder: computed(() => app.places?.exportsFolder),
    list: (path: string | undefined, withFiles: readonly string[]): Promise<FolderListing> =>
      lab().listFolders({ ...(path === undefined ? {} : { path }), withFiles }),
    /** Undefined when the dialog was cancelled. */
    pick: async (request: PickRequest): Promise<string | undefined> => (await lab().pickPath(request)).path,
    readArchitecture: (path: string) => lab().readArchitecture(path),
    showInFolder: (path: string): Promise<void> => lab().showInFolder(path),
  };
});
