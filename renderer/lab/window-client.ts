import type { LabApi, LabEvent } from '../../electron/ipc/contract.ts';
import type { LabMethod } from '../../electron/ipc/methods.ts';
import type { LabBridge } from '../../electron/ipc/shell.ts';
import type { ConnectionListener } from './connection.ts';
import { LabFailure } from './failure.ts';

/** The lab behind the window's preload. Answers come as data; failures become errors with their code and tip here. */
export function windowLab(bridge: LabBridge, onConnection: ConnectionListener): LabApi {
  const listeners = new Set<(event: LabEvent) => void>();
  bridge.onEvents(({ events, resync }) => {
    if (resync === true) onConnection('resync');
    for (const event of events) for (const listener of listeners) listener(event);
  });
  const methods = Object.keys(bridge).filter((name): name is LabMethod => name !== 'onEvents');
  const calls = methods.map((method) => {
    const ask = bridge[method] as (...args: readonly unknown[]) => ReturnType<LabBridge[LabMethod]>;
    const call = async (...args: readonly unknown[]): Promise<unknown> => {
      const answer = await ask(...args.map(plain));
      if ('failure' in answer) throw new LabFailure(answer.failure);
      return answer.value;
    };
    return [method, call] as const;
  });
  onConnection('open');
  return {
    ...(Object.fromEntries(calls) as unknown as Omit<LabApi, 'onEvent'>),
    onEvent: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Reactive objects cannot be cloned into another process; arguments are JSON anyway. */
function plain(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? (JSON.parse(JSON.stringify(value)) as unknown) : value;
}
