import { nativeTheme } from 'electron';
import { z } from 'zod';
import { shellChannels } from '../ipc/channels.ts';
import type { PathGrants } from '../ipc/grants.ts';
import type { MenuCommand } from '../ipc/shell.ts';
import { handle } from './handle.ts';
import type { Windows } from './windows.ts';

const short = z.string().max(400);
const schemas = {
  setCommands: z.tuple([
    z.array(z.object({ id: short, title: short, group: short, keys: short.optional(), isEnabled: z.boolean() })).max(500),
  ]),
  takesFiles: z.tuple([]),
  dropped: z.tuple([z.array(z.string().max(4_096)).max(100)]),
  setTheme: z.tuple([z.enum(['system', 'light', 'dark'])]),
  openWindow: z.tuple([z.string().max(4_096).regex(/^\//)]),
  showLogs: z.tuple([]),
} as const;

export interface ShellOptions {
  readonly windows: Windows;
  readonly grants: PathGrants;
  readonly setCommands: (commands: readonly MenuCommand[]) => void;
  readonly showLogs: () => void;
}

/** What a page asks of its window: menu, files, theme. */
export function bindShell({ windows, grants, setCommands, showLogs }: ShellOptions): void {
  handle(shellChannels.setCommands, (_event, args) => {
    const [commands] = schemas.setCommands.parse(args);
    setCommands(commands as readonly MenuCommand[]);
    return { value: null };
  });
  handle(shellChannels.takesFiles, ({ sender }, args) => {
    schemas.takesFiles.parse(args);
    windows.takesFiles(sender.id);
    return { value: null };
  });
  // Only the preload sends these, with paths of files that a hand has dropped.
  handle(shellChannels.dropped, (_event, args) => {
    const [paths] = schemas.dropped.parse(args);
    for (const path of paths) grants.add(path);
    return { value: paths };
  });
  handle(shellChannels.setTheme, (_event, args) => {
    [nativeTheme.themeSource] = schemas.setTheme.parse(args);
    return { value: null };
  });
  handle(shellChannels.openWindow, (_event, args) => {
    windows.open(schemas.openWindow.parse(args)[0]);
    return { value: null };
  });
  handle(shellChannels.showLogs, (_event, args) => {
    schemas.showLogs.parse(args);
    showLogs();
    return { value: null };
  });
}
