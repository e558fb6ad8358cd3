import type { Architecture } from '../../engine/spaces/search-space.ts';

/**
 * Files and folders as a user chooses them. Which of these operations work depends on where the interface runs, and `canPick` says so:
 * a window has dialogs of the system, a browser walks through folders.
 */
export interface PlacesApi {
  places(): Promise<Places>;
  /**
   * The folders in one folder, by name, and the files with one of the given endings. Without a path: the first of `roots`. Rejects with 'folder-not-found', 'no-permission', and
   * where the system's dialogs are there instead with 'not-here'.
   */
  listFolders(request?: { readonly path?: string; readonly withFiles?: readonly string[] }): Promise<FolderListing>;
  /** Opens a dialog of the system; `path` is absent when it was cancelled. What was chosen is granted. Rejects with 'not-here' in a browser. */
  pickPath(request: PickRequest): Promise<{ readonly path?: string }>;
  /**
   * What a file .nasarch.json holds, checked. Rejects with 'architecture-file-invalid' when it is something else or larger than 1 MB, and with
   * 'unknown-space' or 'bad-architecture' when it is none that a space knows.
   */
  readArchitecture(path: string): Promise<Architecture>;
  /** Shows a file or folder in the system's file manager. Rejects with 'not-here' in a browser. */
  showInFolder(path: string): Promise<void>;
}

export interface Places {
  /** True: `pickPath` and `showInFolder` work. False: `listFolders` does, and typed paths inside of `roots`. */
  readonly canPick: boolean;
  /** Folders below which the interface may read and write. */
  readonly roots: readonly string[];
  /** Where results go unless another place is chosen; also at /exports/<name> in a browser. */
  readonly exportsFolder: string;
}

export interface FolderListing {
  /** Absolute. */
  readonly path: string;
  /** Absent at a root. */
  readonly parent?: string;
  readonly folders: readonly FolderEntry[];
  /** Only those with one of the endings that were asked for. */
  readonly files: readonly FolderEntry[];
  /** More than 2000 entries: the rest is left out. */
  readonly isCut: boolean;
}

export interface FolderEntry {
  readonly name: string;
  readonly path: string;
}

export interface PickRequest {
  readonly kind: 'folder' | 'file' | 'save';
  readonly title: string;
  /** 'save': the name that is proposed. */
  readonly suggestedName?: string;
  /** Endings without a dot: ['naslab']. */
  readonly extensions?: readonly string[];
}
