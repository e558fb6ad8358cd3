/** Puts `window.lab` and `window.shell` into the sandboxed page: channel names alone, nothing of Electron gets through. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { commandChannel, eventsChannel, methodChannel, openFilesChannel, shellChannels } from '../ipc/channels.ts';
import type { EventMessage } from '../ipc/event-message.ts';
import type { Answer } from '../ipc/handle-call.ts';
import { labMethods } from '../ipc/methods.ts';
import type { LabBridge, ShellBridge } from '../ipc/shell.ts';

/** The listener gets the message alone, never the event, which leads to `ipcRenderer`. */
function subscribe<T>(channel: string, listener: (message: T) => void): () => void {
  const receive = (_event: unknown, message: T): void => listener(message);
  ipcRenderer.on(channel, receive);
  return () => void ipcRenderer.off(channel, receive);
}

const methods = labMethods.map((method) => [
  method,
  (...args: unknown[]): Promise<Answer> => ipcRenderer.invoke(methodChannel(method), ...args) as Promise<Answer>,
]);
contextBridge.exposeInMainWorld('lab', {
  ...Object.fromEntries(methods),
  onEvents: (listener: (message: EventMessage) => void) => subscribe(eventsChannel, listener),
} as LabBridge);

/** Empty for files that a script has made. */
function pathOf(file: File): string {
  // Older versions of Electron put the path on the file itself.
  return (webUtils as typeof webUtils | undefined)?.getPathForFile(file) ?? (file as { path?: string }).path ?? '';
}

const shell: ShellBridge = {
  setCommands: (commands) => void ipcRenderer.invoke(shellChannels.setCommands, commands),
  onCommand: (listener) => subscribe(commandChannel, listener),
  onOpenFiles: (listener) => {
    const end = subscribe(openFilesChannel, listener);
    void ipcRenderer.invoke(shellChannels.takesFiles);
    return end;
  },
  dropped: async (files) => {
    const paths = [...files].map(pathOf).filter((path) => path !== '');
    const answer = (await ipcRenderer.invoke(shellChannels.dropped, paths)) as Answer;
    return 'value' in answer ? (answer.value as readonly string[]) : [];
  },
  setTheme: (theme) => void ipcRenderer.invoke(shellChannels.setTheme, theme),
  openWindow: (route) => void ipcRenderer.invoke(shellChannels.openWindow, route),
  showLogs: () => void ipcRenderer.invoke(shellChannels.showLogs),
};
contextBridge.exposeInMainWorld('shell', shell);
