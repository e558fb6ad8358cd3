import { defineStore } from 'pinia';
import { computed } from 'vue';
import { lab } from '../lab/client.ts';
import { useConnection } from './connection.ts';
import { resource } from './resource.ts';

/** Drafts and searches that wait for their turn. */
export const usePlans = defineStore('plans', () => {
  const { value, failure, load } = resource(() => lab().plans());
  const connection = useConnection();
  connection.onEvents((events) => {
    if (events.some(({ type }) => type === 'plans')) void load();
  });
  connection.onResync(() => void load());
  return {
    plans: computed(() => value.value ?? []),
    failure,
    load,
    queue: async (id: string) => {
      const plan = value.value?.find((one) => one.id === id);
      if (plan !== undefined) await lab().savePlan({ id, kind: 'queued', request: plan.request });
      await load();
    },
    remove: async (id: string) => {
      await lab().removePlan(id);
      await load();
    },
  };
});
