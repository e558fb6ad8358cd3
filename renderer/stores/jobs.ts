import { defineStore } from 'pinia';
import { computed, shallowRef, triggerRef } from 'vue';
import type { JobView } from '../../electron/ipc/jobs.ts';
import { lab } from '../lab/client.ts';
import { useConnection } from './connection.ts';

/** Work that is no search, newest first. */
export const useJobs = defineStore('jobs', () => {
  const byId = shallowRef(new Map<string, JobView>());
  const connection = useConnection();

  async function load(): Promise<void> {
    byId.value = new Map((await lab().jobs()).toReversed().map((job) => [job.id, job]));
  }

  connection.onEvents((events) => {
    const changed = events.flatMap((event) => (event.type === 'job' ? [event.job] : []));
    if (changed.length === 0) return;
    for (const job of changed) byId.value.set(job.id, job);
    triggerRef(byId);
  });
  connection.onResync(() => void load().catch(() => undefined));

  const jobs = computed(() => [...byId.value.values()].toReversed());
  return {
    jobs,
    running: computed(() => jobs.value.filter(({ state }) => state === 'running' || state === 'waiting')),
    load,
    cancel: (id: string) => lab().cancelJob(id),
  };
});
