import type { FromLab, MainPort, ToLab, TransferredPort } from './protocol.ts';

/** `process.parentPort` of a utility process of Electron. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown; readonly ports: readonly TransferredPort[] }) => void): unknown;
}

/** The main process as seen from a utility process, or from a plain Node that was started with a channel. */
export function mainPort(): MainPort {
  const { parentPort } = process as { parentPort?: ParentPort };
  return parentPort === undefined ? channelPort() : utilityPort(parentPort);
}

function utilityPort(port: ParentPort): MainPort {
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => port.on('message', ({ data, ports }) => listener(data as ToLab, ports)),
    // A utility process ends with its main process.
    onClose: () => undefined,
  };
}

function channelPort(): MainPort {
  return {
    send: (message: FromLab) => {
      // Nobody is left to miss it when the channel is closed; 'disconnect' tells.
      if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
    },
    onMessage: (listener) => process.on('message', (message) => listener(message as ToLab, [])),
    onClose: (listener) => process.once('disconnect', listener),
  };
}
