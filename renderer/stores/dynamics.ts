import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { LabEvent } from '../../electron/ipc/contract.ts';
import type { DynamicsReport } from '../../electron/ipc/dynamics.ts';
import { lab } from '../lab/client.ts';
import { useConnection } from './connection.ts';
import { resource } from './resource.ts';

/** A search that runs is read again after its trials, but at most this often. */
const restMs = 1_000;

/** How the search of one experiment goes about it; follows while it runs. */
export const useDynamics = defineStore('dynamics', () => {
  const id = shallowRef<string>();
  const report = resource<DynamicsReport | undefined>(async () => (id.value === undefined ? undefined : lab().dynamics(id.value)));
  const connection = useConnection();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function isNews(event: LabEvent): boolean {
    // A retraining of one of its trials is an experiment of its own.
    if (event.type === 'experiment')
      return event.experiment.id === id.value || event.experiment.environment.retrains?.experiment === id.value;
    if (event.type !== 'search') return false;
    return event.id === id.value && (event.event.type === 'trial-finished' || event.event.type === 'trial-failed');
  }
  connection.onEvents((events) => {
    if (id.value === undefined || !events.some(isNews)) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      void report.load();
    }, restMs);
  });
  connection.onResync(() => void (id.value === undefined ? undefined : report.load()));

  async function open(next: string): Promise<void> {
    if (id.value !== next) report.set(undefined);
    id.value = next;
    await report.load();
  }

  return { report: report.value, failure: report.failure, isLoading: report.isLoading, open, reload: report.load };
});
