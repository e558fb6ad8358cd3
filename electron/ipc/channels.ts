import type { LabMethod } from './methods.ts';

/** One channel an operation. */
export function methodChannel(method: LabMethod): string {
  return `lab:${method}`;
}

/** From the main process to the pages. */
export const eventsChannel = 'lab-events';
export const commandChannel = 'shell:command';
export const openFilesChannel = 'shell:open-files';

/** From the pages; each is handled by a function of electron/main/shell-calls.ts. */
export const shellChannels = {
  setCommands: 'shell:set-commands',
  takesFiles: 'shell:takes-files',
  dropped: 'shell:dropped',
  setTheme: 'shell:set-theme',
  openWindow: 'shell:open-window',
  showLogs: 'shell:show-logs',
} as const;
