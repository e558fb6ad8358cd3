import { defineStore } from 'pinia';
import { computed } from 'vue';
import type { PlanView } from '../../electron/ipc/queue.ts';
import { lab } from '../lab/client.ts';
import { useConnection } from './connection.ts';
import { resource } from './resource.ts';
import { useUndo } from './undo.ts';

/** Drafts and searches that wait for their turn. */
export const usePlans = defineStore('plans', () => {
  const { value, failure, load } = resource(() => lab().plans());
  const connection = useConnection();
  const undo = useUndo();
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
    /** For ten seconds it can be taken back; it then stands at the end of the queue. */
    remove: async (plan: PlanView) => {
      const { kind, request } = plan;
      let { id } = plan;
      await undo.perform(
        {
          title: `Removed ${request.name ?? `the search on ${request.dataset}`}`,
          redo: async () => {
            await lab().removePlan(id);
            await load();
          },
          undo: async () => {
            ({ id } = await lab().savePlan({ kind, request }));
            await load();
          },
        },
        { tell: true },
      );
    },
  };
});
