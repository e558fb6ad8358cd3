import { ipcMain } from 'electron';
import type { IpcMainInvokeEvent, WebFrameMain } from 'electron';
import { failureOf } from '../ipc/handle-call.ts';
import type { Answer } from '../ipc/handle-call.ts';
import { StoreError } from '../../db/store.ts';

export const scheme = 'app';
export const host = 'lab';

/** True for the top frame of our own page, by the parser: 'app://lab.evil' and 'app://lab@evil' are others. */
export function isOwnFrame(frame: Pick<WebFrameMain, 'url' | 'parent'> | null | undefined): boolean {
  if (frame === null || frame === undefined || frame.parent !== null) return false;
  try {
    const { protocol, host: name, username, password } = new URL(frame.url);
    return protocol === `${scheme}:` && name === host && username === '' && password === '';
  } catch {
    return false;
  }
}

/**
 * The one way in which pages reach the main process. A frame that is not ours gets a failure and `work` is not called; whatever `work` throws
 * leaves as `{ code, message, tip }`.
 */
export function handle(channel: string, work: (event: IpcMainInvokeEvent, args: readonly unknown[]) => Promise<Answer> | Answer): void {
  ipcMain.handle(channel, async (event, ...args: unknown[]): Promise<Answer> => {
    try {
      if (!isOwnFrame(event.senderFrame)) {
        throw new StoreError('foreign-frame', `A page that is not the app's own asked for ${channel}.`);
      }
      return await work(event, args);
    } catch (error) {
      return { failure: failureOf(error) };
    }
  });
}
