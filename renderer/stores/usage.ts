import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { LabEvent } from '../../electron/ipc/contract.ts';
import { useConnection } from './connection.ts';

export type Usage = Pick<LabEvent & { type: 'usage' }, 'memoryBytes' | 'cores'>;

/** What the compute process of each running search took last. */
export const useUsage = defineStore('usage', () => {
  const byId = shallowRef<ReadonlyMap<string, Usage>>(new Map());

  useConnection().onEvents((events) => {
    const next = new Map(byId.value);
    for (const event of events) {
      if (event.type === 'usage') next.set(event.id, event);
      else if (event.type === 'experiment' && event.experiment.state !== 'running') next.delete(event.experiment.id);
    }
    byId.value = next;
  });
  return { byId };
});
