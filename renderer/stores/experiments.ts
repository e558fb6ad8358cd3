import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { Failure } from '../../db/store.ts';
import type { LabEvent } from '../../electron/ipc/contract.ts';
import type { ExperimentSummary } from '../../electron/ipc/overview.ts';
import { lab } from '../lab/client.ts';
import { failureOf } from '../lab/failure.ts';
import { useConnection } from './connection.ts';

/** A search that another process runs tells no events here: its line is read again this often. */
const elsewhereMs = 5_000;
/** While nothing but steps happens, how long it still takes is read this often. */
const paceMs = 5_000;

/** All experiments with their results in one line each; what can be done with them is in experiment-actions.ts. */
export const useExperiments = defineStore('experiments', () => {
  const summaries = shallowRef<readonly ExperimentSummary[]>();
  const failure = shallowRef<Failure>();
  /** Asked to end after their step. */
  const pausing = shallowRef<ReadonlySet<string>>(new Set());
  const connection = useConnection();
  const readAt = new Map<string, number>();
  const reading = new Map<string, number>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function load(): Promise<void> {
    try {
      summaries.value = await lab().experimentSummaries();
      failure.value = undefined;
    } catch (error) {
      failure.value = failureOf(error);
    }
    watchElsewhere();
  }

  function watchElsewhere(): void {
    clearTimeout(timer);
    const isAny = summaries.value?.some(({ experiment, isHere }) => experiment.state === 'running' && !isHere) === true;
    if (isAny) timer = setTimeout(() => void load(), elsewhereMs);
  }

  function put(summary: ExperimentSummary): void {
    const before = summaries.value ?? [];
    const { id } = summary.experiment;
    const isKnown = before.some(({ experiment }) => experiment.id === id);
    summaries.value = isKnown ? before.map((entry) => (entry.experiment.id === id ? summary : entry)) : [summary, ...before];
    watchElsewhere();
  }

  function forget(id: string): void {
    summaries.value = summaries.value?.filter(({ experiment }) => experiment.id !== id);
  }

  /** Of several readings of one experiment only the one that began last counts, whichever comes last. */
  async function refresh(id: string): Promise<void> {
    readAt.set(id, Date.now());
    const mine = (reading.get(id) ?? 0) + 1;
    reading.set(id, mine);
    try {
      const summary = await lab().experimentSummary(id);
      if (reading.get(id) === mine) put(summary);
    } catch (error) {
      if (failureOf(error).code === 'unknown-experiment') forget(id);
    }
  }

  function setPausing(id: string, isPausing: boolean): void {
    const next = new Set(pausing.value);
    if (isPausing) next.add(id);
    else next.delete(id);
    pausing.value = next;
  }

  /** One reading of each experiment that something was told of, however much it was. */
  function follow(events: readonly LabEvent[]): void {
    if (summaries.value === undefined) return;
    const now = Date.now();
    const changed = events.flatMap((event) => {
      if (event.type === 'experiment') return [event.experiment.id];
      if (event.type !== 'search') return [];
      return event.event.type !== 'scalars' || now - (readAt.get(event.id) ?? 0) > paceMs ? [event.id] : [];
    });
    for (const id of new Set(changed)) void refresh(id);
  }
  connection.onEvents(follow);
  connection.onResync(() => void load());

  const byId = computed(() => new Map((summaries.value ?? []).map((summary) => [summary.experiment.id, summary])));
  return {
    summaries: computed(() => summaries.value ?? []),
    isLoaded: computed(() => summaries.value !== undefined),
    failure,
    pausing,
    byId,
    nameOf: (id: string): string => byId.value.get(id)?.experiment.name ?? id,
    running: computed(() => (summaries.value ?? []).filter(({ experiment }) => experiment.state === 'running')),
    load,
    put,
    forget,
    refresh,
    setPausing,
  };
});
