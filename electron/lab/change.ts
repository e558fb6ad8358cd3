import { setTimeout as delay } from 'node:timers/promises';
import { StoreError } from '../../db/store.ts';
import type { ExperimentStore } from '../../db/store.ts';
import type { ForwardedMethod } from '../ipc/contract.ts';
import { forward } from './forwarding.ts';
import { currentOwner, homeInUse } from './home-owner.ts';
import type { Owner } from './home-owner.ts';
import type { LabStore } from './lab-store.ts';

const retryMs = 100;

/** A small change: made here, or by the process that owns the home. `method` and `args` are those of the operation, which is forwarded as it came. */
export type Change = <T>(method: ForwardedMethod, args: readonly unknown[], work: (store: ExperimentStore) => Promise<T>) => Promise<T>;

/** Another process that holds the home for a moment is waited for, up to `waitMs`. StoreError 'home-in-use' and what the owner answers. */
export function changeOn(labStore: LabStore, waitMs: number): Change {
  return async <T>(method: ForwardedMethod, args: readonly unknown[], work: (store: ExperimentStore) => Promise<T>): Promise<T> => {
    const action = `The request '${method}'`;
    const deadline = performance.now() + waitMs;
    for (;;) {
      if (await labStore.tryOwning(action)) return work(await labStore.writing(action));
      const owner = currentOwner(labStore.layout);
      const answer = owner === undefined ? undefined : await ask(labStore, owner, method, args, action, waitMs);
      if (answer !== undefined) return answer.value as T;
      if (performance.now() >= deadline) throw homeInUse(labStore.layout, action);
      await delay(retryMs);
    }
  };
}

/** Undefined when nobody listens (yet, or any more). StoreError 'home-in-use' when the owner was halted. */
async function ask(
  labStore: LabStore,
  { socket, takesNoRequests }: Owner,
  method: ForwardedMethod,
  args: readonly unknown[],
  action: string,
  waitMs: number,
): ReturnType<typeof forward> {
  if (takesNoRequests !== undefined) return undefined;
  try {
    return await forward(socket, method, args, waitMs);
  } catch (error) {
    if (error instanceof StoreError && error.code === 'no-answer') throw homeInUse(labStore.layout, action, true);
    throw error;
  }
}
