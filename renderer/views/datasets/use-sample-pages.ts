import { computed, shallowRef, triggerRef, watch } from 'vue';
import type { ComputedRef } from 'vue';
import type { SamplePage, SampleTile } from '../../../electron/ipc/dataset-browsing.ts';
import type { Failure } from '../../../db/store.ts';
import { failureOf } from '../../lab/failure.ts';

export const pageSize = 60;

/** Tiles of a long list, read page by page as they come into view. `source` is a function of what is asked for; another one begins anew. */
export function useSamplePages(source: ComputedRef<(offset: number, limit: number) => Promise<SamplePage>>) {
  const tiles = shallowRef(new Map<number, SampleTile>());
  const total = shallowRef<number>();
  const failure = shallowRef<Failure>();
  const pending = new Set<number>();
  let generation = 0;

  async function readPage(page: number): Promise<void> {
    if (pending.has(page)) return;
    const mine = generation;
    pending.add(page);
    try {
      const answer = await source.value(page * pageSize, pageSize);
      if (mine !== generation) return;
      answer.samples.forEach((sample, i) => tiles.value.set(page * pageSize + i, sample));
      total.value = answer.total;
      failure.value = undefined;
      triggerRef(tiles);
    } catch (error) {
      if (mine === generation) failure.value = failureOf(error);
    } finally {
      if (mine === generation) pending.delete(page);
    }
  }

  function restart(): void {
    generation++;
    pending.clear();
    tiles.value = new Map();
    total.value = undefined;
    failure.value = undefined;
    void readPage(0);
  }
  watch(source, restart, { immediate: true });

  return {
    tiles,
    total,
    failure,
    isLoading: computed(() => total.value === undefined && failure.value === undefined),
    restart,
    /** Places `first` to `last` are in view. */
    show(first: number, last: number): void {
      for (let page = Math.floor(first / pageSize); page <= Math.floor(last / pageSize); page++) {
        const isMissing = !tiles.value.has(page * pageSize) && page * pageSize < (total.value ?? 0);
        if (isMissing) void readPage(page);
      }
    },
  };
}
