import { computed, shallowRef, watch } from 'vue';
import type { Ref } from 'vue';
import type { Failure } from '../../db/store.ts';
import type { TrialRow, TrialRowsRequest } from '../../electron/ipc/tradeoff.ts';
import { lab } from '../lab/client.ts';
import { failureOf } from '../lab/failure.ts';

/** Rows that are read at once. */
const windowRows = 200;

export type TrialQuery = Omit<TrialRowsRequest, 'offset' | 'limit'>;

/** A table of trials of which only windows are read: entries of `rows` are undefined until they came. */
export function useTrialWindows(query: Ref<TrialQuery>) {
  const total = shallowRef(0);
  const isLoaded = shallowRef(false);
  const failure = shallowRef<Failure>();
  const windows = shallowRef<ReadonlyMap<number, readonly TrialRow[]>>(new Map());
  let asked = new Set<number>();
  let generation = 0;

  async function read(index: number): Promise<void> {
    if (asked.has(index)) return;
    asked.add(index);
    const mine = generation;
    try {
      const found = await lab().trialRows({ ...query.value, offset: index * windowRows, limit: windowRows });
      if (mine !== generation) return;
      total.value = found.total;
      windows.value = new Map([...windows.value, [index, found.rows]]);
      failure.value = undefined;
      isLoaded.value = true;
    } catch (error) {
      if (mine === generation) failure.value = failureOf(error);
      asked.delete(index);
    }
  }

  /** Reads anew what is seen; what is shown stays until it comes. */
  async function reload(): Promise<void> {
    generation++;
    const seen = [...asked];
    asked = new Set();
    const before = windows.value;
    await Promise.all((seen.length === 0 ? [0] : seen).map(read));
    if (windows.value === before) windows.value = new Map(before);
  }

  watch(
    query,
    () => {
      generation++;
      asked = new Set();
      windows.value = new Map();
      void read(0);
    },
    { immediate: true },
  );

  const rows = computed(() => {
    const all: (TrialRow | undefined)[] = Array.from({ length: total.value }, () => undefined);
    for (const [index, found] of windows.value) for (const [at, row] of found.entries()) all[index * windowRows + at] = row;
    return all;
  });
  const show = (from: number, to: number): void => {
    for (let index = Math.floor(from / windowRows); index <= Math.floor(to / windowRows); index++) void read(index);
  };
  return { rows, total, isLoaded, failure, show, reload };
}
