import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { LatencyReport } from '../../electron/ipc/latency.ts';
import { latency } from '../format/duration.ts';
import { lab } from '../lab/client.ts';
import { failureOf } from '../lab/failure.ts';
import type { NamedTrial } from './follow-up.ts';
import { useJobs } from './jobs.ts';
import { useNotifications } from './notifications.ts';

/** Trials by the clock, one after the other: two at once would time each other. */
export const useLatency = defineStore('latency', () => {
  const notifications = useNotifications();
  const jobs = useJobs();
  const left = shallowRef<readonly NamedTrial[]>([]);
  const job = computed(() => jobs.running.find(({ kind }) => kind === 'measure-latency'));

  function tell({ name, p50Ms, p95Ms, device, backend, threads, batch }: LatencyReport): void {
    notifications.show(
      {
        tone: 'good',
        text: `${name}: p50 ${latency(p50Ms)}, p95 ${latency(p95Ms)}`,
        detail: `measured on ${device}, ${backend}, ${threads === 1 ? '1 thread' : `${threads} threads`}, batch ${batch}`,
      },
      12_000,
    );
  }

  /** Resolves when all are measured, one failed or it was cancelled; each result is told when it is there. */
  async function measure(trials: readonly NamedTrial[]): Promise<void> {
    if (left.value.length > 0) return;
    left.value = trials;
    try {
      for (const { experiment, trial } of trials) {
        tell(await lab().measureLatency({ experiment, trial }));
        left.value = left.value.slice(1);
      }
    } catch (error) {
      if (failureOf(error).code !== 'cancelled') notifications.failed(error, `The latency of ${left.value[0]?.name} was not measured`);
    } finally {
      left.value = [];
    }
  }

  return { isMeasuring: computed(() => left.value.length > 0 || job.value !== undefined), left, job, measure, tell };
});
