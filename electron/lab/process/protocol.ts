import type { EventMessage } from '../../ipc/event-message.ts';
import type { Answer, CheckedCall } from '../../ipc/handle-call.ts';
import type { MediaRequest } from '../media/media.ts';

/** What the main process of the desktop tells the process that holds the lab. */
export type ToLab =
  /** The first message. `brokered`: processes that compute are started by the main process. */
  | { readonly type: 'open'; readonly home?: string; readonly brokered: boolean }
  /** Checked already. */
  | { readonly type: 'call'; readonly id: number; readonly call: CheckedCall }
  | { readonly type: 'media'; readonly id: number; readonly request: MediaRequest }
  /** Pause what runs, give the home back, end. */
  | { readonly type: 'close' }
  /** Of a process that was asked for by 'launch'; its port comes with 'launched'. */
  | { readonly type: 'launched'; readonly child: number; readonly pid: number }
  | { readonly type: 'not-launched'; readonly child: number; readonly message: string }
  /** `isKilled`: by this app. Electron gives such an end the code 0. */
  | { readonly type: 'exited'; readonly child: number; readonly code: number; readonly isKilled: boolean; readonly errorOutput: string };

export type FromLab =
  | { readonly type: 'opened'; readonly home: string; readonly workspace: string; readonly exportsFolder: string }
  | { readonly type: 'answer'; readonly id: number; readonly answer: Answer }
  | { readonly type: 'picture'; readonly id: number; readonly mime: string; readonly body: Uint8Array }
  | { readonly type: 'events'; readonly message: EventMessage }
  | { readonly type: 'launch'; readonly child: number; readonly kind: ChildKind; readonly env: Readonly<Record<string, string>> }
  | { readonly type: 'kill'; readonly child: number }
  /** Everything was given back; the process ends now. */
  | { readonly type: 'closed'; readonly failure?: string };

/** Entries of electron/compute. */
export type ChildKind = 'compute' | 'tasks';

/** A port of Electron, as far as it is used here (MessagePortMain). */
export interface TransferredPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
}

/** The way to the main process, in either arrangement. */
export interface MainPort {
  send(message: FromLab): void;
  onMessage(listener: (message: ToLab, ports: readonly TransferredPort[]) => void): void;
  /** The main process is gone. */
  onClose(listener: () => void): void;
}
