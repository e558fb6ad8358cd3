import type { LabApi } from './contract.ts';
import type { EventMessage } from './event-message.ts';
import type { Answer } from './handle-call.ts';
import type { LabMethod } from './methods.ts';

/**
 * `window.lab` in the desktop's window: one function an operation. Answers come as data, since an error that crosses from the preload loses its
 * code and tip; the page makes a LabApi of it.
 */
export type LabBridge = { readonly [M in LabMethod]: (...args: Parameters<LabApi[M]>) => Promise<Answer> } & {
  /** Returns a function that ends the subscription. */
  onEvents(listener: (message: EventMessage) => void): () => void;
};

/** A command of the page's registry as the menu shows it. */
export interface MenuCommand {
  readonly id: string;
  readonly title: string;
  /** Heading in the palette; the menu that it belongs to follows from it (electron/main/menu.ts). */
  readonly group: string;
  /** 'Mod+Shift+Z'. Shown beside the title; the page itself acts on the keys. */
  readonly keys?: string;
  readonly isEnabled: boolean;
}

export type ThemeChoice = 'system' | 'light' | 'dark';

/** `window.shell`: what only a window of the desktop has. Absent in a browser. */
export interface ShellBridge {
  /** All commands, whenever one of them has changed. */
  setCommands(commands: readonly MenuCommand[]): void;
  onCommand(listener: (id: string) => void): () => void;
  /** Files that were opened with the app: its own kinds, absolute paths that are granted. The page says by this that it can take them. */
  onOpenFiles(listener: (paths: readonly string[]) => void): () => void;
  /** Paths of files that were dropped on the page by hand, which grants them. A file that has no path is left out. */
  dropped(files: readonly File[]): Promise<readonly string[]>;
  setTheme(theme: ThemeChoice): void;
  openWindow(route: string): void;
  showLogs(): void;
}
