import { defineStore } from 'pinia';
import { lab } from '../lab/client.ts';
import { useAppInfo } from './app-info.ts';
import { useNotifications } from './notifications.ts';

/** A file or folder that the lab has written. */
export interface WrittenFile {
  /** Absolute. */
  readonly file: string;
  readonly name: string;
}

/** What was taken away: says where it is and offers it, in a window by its folder, in a browser as a download. */
export const useExports = defineStore('exports', () => {
  const info = useAppInfo();
  const notifications = useNotifications();

  function announce({ file, name }: WrittenFile, { isFolder = false } = {}): void {
    const canShow = info.places?.canPick === true;
    const action = canShow
      ? { label: 'Show', run: () => void lab().showInFolder(file).catch(notifications.failed) }
      : { label: 'Download', run: () => download(name) };
    notifications.show({ tone: 'good', text: `Written: ${name}`, detail: file, ...(canShow || !isFolder ? { action } : {}) }, 12_000);
  }

  /** Runs an export; its failure stays until it is read. */
  async function take(write: () => Promise<WrittenFile>, options?: { readonly isFolder?: boolean }): Promise<void> {
    try {
      if (info.places === undefined) await info.load();
      announce(await write(), options);
    } catch (error) {
      notifications.failed(error, 'Nothing was written');
    }
  }

  return { take };
});

function download(name: string): void {
  const link = document.createElement('a');
  link.href = `exports/${encodeURIComponent(name)}`;
  link.download = name;
  link.click();
}
