import type { Port } from './protocol.ts';

/** A port of Electron, as far as it is used here (MessagePortMain). */
interface TransferredPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
}

interface ParentPort {
  once(event: 'message', listener: (event: { readonly ports: readonly TransferredPort[] }) => void): unknown;
}

/** `process.parentPort` where Electron started this process as a utility process. */
export function parentPortOf(from: object = process): ParentPort | undefined {
  return (from as { parentPort?: ParentPort }).parentPort;
}

/** The port to the lab's process, which comes with the first message of the main process. */
export async function utilityPort<Out, In>(parent: ParentPort): Promise<Port<Out, In>> {
  const port = await new Promise<TransferredPort>((resolve) => {
    parent.once('message', ({ ports: [first] }) => {
      if (first !== undefined) resolve(first);
    });
  });
  let isClosed = false;
  const onClose: (() => void)[] = [];
  port.on('close', () => {
    isClosed = true;
    for (const listener of onClose) listener();
  });
  return {
    send: async (message) => {
      if (isClosed) throw new Error('the process that started this work is gone');
      port.postMessage(message);
    },
    onMessage: (listener) => {
      port.on('message', ({ data }) => listener(data as In));
      // Messages wait until somebody listens.
      port.start();
    },
    onClose: (listener) => {
      onClose.push(listener);
    },
  };
}
