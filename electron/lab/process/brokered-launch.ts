import { EngineError } from '../../../engine/error.ts';
import { changedEnvironment } from '../launch-compute.ts';
import type { ChildProcess } from '../launch-compute.ts';
import type { ChildKind, MainPort, ToLab, TransferredPort } from './protocol.ts';

type Told = Extract<ToLab, { readonly child: number }>;
type End = Parameters<Parameters<ChildProcess<unknown, unknown>['onExit']>[0]>[0];

/**
 * Starts processes that compute through the main process: only that one can fork utility processes. Messages then go by a port of their own,
 * past the main process.
 */
export class BrokeredLaunch {
  readonly #main: MainPort;
  readonly #children = new Map<number, (told: Told, port: TransferredPort | undefined) => void>();
  #count = 0;

  constructor(main: MainPort) {
    this.#main = main;
  }

  /** What the main process tells of a child. */
  receive(told: Told, ports: readonly TransferredPort[]): void {
    this.#children.get(told.child)?.(told, ports[0]);
  }

  launcher<Out, In>(kind: ChildKind): () => Promise<ChildProcess<Out, In>> {
    return () =>
      new Promise((resolve, reject) => {
        const child = ++this.#count;
        const onExit: ((end: End) => void)[] = [];
        let ended: End | undefined;
        this.#children.set(child, (told, port) => {
          if (told.type === 'launched' && port !== undefined) {
            resolve({
              ...portOf<Out, In>(port),
              pid: told.pid,
              kill: () => this.#main.send({ type: 'kill', child }),
              onExit: (listener) => {
                if (ended === undefined) onExit.push(listener);
                else listener(ended);
              },
            });
            return;
          }
          this.#children.delete(child);
          if (told.type === 'not-launched')
            reject(new EngineError('compute-died', `Starting a process that computes failed: ${told.message}`));
          else if (told.type === 'exited') {
            const how = told.isKilled ? { code: null, signal: 'SIGKILL' } : { code: told.code, signal: null };
            ended = { ...how, errorOutput: told.errorOutput };
            for (const listener of onExit) listener(ended);
          }
        });
        this.#main.send({ type: 'launch', child, kind, env: changedEnvironment() });
      });
  }
}

function portOf<Out, In>(port: TransferredPort): Pick<ChildProcess<Out, In>, 'send' | 'onMessage' | 'onClose'> {
  let isClosed = false;
  const onClose: (() => void)[] = [];
  port.on('close', () => {
    isClosed = true;
    for (const listener of onClose) listener();
  });
  return {
    send: async (message) => {
      if (!isClosed) port.postMessage(message);
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
