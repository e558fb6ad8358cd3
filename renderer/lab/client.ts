import type { LabApi } from '../../electron/ipc/contract.ts';
import type { ConnectionChange, ConnectionListener } from './connection.ts';
import { httpLab } from './http-client.ts';
import { windowLab } from './window-client.ts';

const listeners = new Set<ConnectionListener>();
const tell = (change: ConnectionChange): void => {
  for (const listener of listeners) listener(change);
};

let client: LabApi | undefined;

/** The lab: that of the window, else the one behind the server of this page. Called by stores alone. */
export function lab(): LabApi {
  client ??= window.lab === undefined ? httpLab(tell) : windowLab(window.lab, tell);
  return client;
}

/** Tests hand in their own; undefined goes back to the real one. */
export function useLab(replacement: LabApi | undefined): void {
  client = replacement;
}

/** Tells of the stream of events. Returns a function that ends the subscription. */
export function onConnection(listener: ConnectionListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
