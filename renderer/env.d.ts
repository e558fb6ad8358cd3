import type { LabApi } from '../electron/ipc/contract.ts';

declare global {
  interface Window {
    /** Put there by the window's preload; in a browser the page talks to its server instead. */
    readonly lab?: LabApi;
  }
}
