import type { LabBridge, ShellBridge } from '../electron/ipc/shell.ts';

declare global {
  interface Window {
    /** Put there by the window's preload; in a browser the page talks to its server instead. */
    readonly lab?: LabBridge;
    /** Menu, dropped files and the like: in the desktop's window alone. */
    readonly shell?: ShellBridge;
  }
}
