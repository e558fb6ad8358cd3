import { vi } from 'vitest';

type Handler = (event: unknown, ...args: unknown[]) => Promise<unknown>;

/** What handlers of the main process see of Electron, in a few lines. Given to `vi.mock('electron')`. */
export const channels = new Map<string, Handler>();

export const electronMock = {
  ipcMain: { handle: (channel: string, handler: Handler) => void channels.set(channel, handler) },
  nativeTheme: { themeSource: 'system', shouldUseDarkColors: false },
  dialog: { showOpenDialog: vi.fn(), showSaveDialog: vi.fn(), showMessageBox: vi.fn() },
  shell: { showItemInFolder: vi.fn(), openExternal: vi.fn() },
  BrowserWindow: { getFocusedWindow: () => ({ id: 1 }), getAllWindows: () => [] },
  Menu: { setApplicationMenu: vi.fn(), buildFromTemplate: (template: unknown) => template },
  app: { on: vi.fn() },
  protocol: { handle: vi.fn(), registerSchemesAsPrivileged: vi.fn() },
  screen: { getAllDisplays: () => [] },
};

export const ownFrame = { url: 'app://lab/#/experiments', parent: null };

/** Calls a channel as the page of `frame` would. */
export function invoke(channel: string, args: readonly unknown[], frame: unknown = ownFrame): Promise<unknown> {
  const handler = channels.get(channel);
  if (handler === undefined) throw new Error(`nobody handles ${channel}`);
  return handler({ senderFrame: frame, sender: { id: 7 } }, ...args);
}
