import { shallowRef } from 'vue';
import type { TrialRow, TrialRows, TrialRowsRequest } from '../../../electron/ipc/tradeoff.ts';
import type { Failure } from '../../../db/store.ts';
import { failureOf } from '../../lab/failure.ts';

/** A line of the table; its trial comes when it is near what is seen. */
export interface Slot {
  readonly index: number;
  readonly row?: TrialRow;
}

const page = 100;

/** A table of any length of which only the pages are read that are seen. */
export function useTrialWindow(read: (request: TrialRowsRequest) => Promise<TrialRows>) {
  const slots = shallowRef<readonly Slot[]>([]);
  const total = shallowRef<number>();
  const failure = shallowRef<Failure>();
  let query: Omit<TrialRowsRequest, 'offset' | 'limit'> | undefined;
  let loaded = new Set<number>();
  let latest = 0;

  async function readPage(number: number): Promise<void> {
    if (query === undefined || loaded.has(number)) return;
    loaded.add(number);
    const mine = latest;
    const pages = loaded;
    try {
      const { total: found, rows } = await read({ ...query, offset: number * page, limit: page });
      if (mine !== latest) return;
      const next = slots.value.length === found ? [...slots.value] : Array.from({ length: found }, (_, index): Slot => slots.value[index] ?? { index });
      rows.forEach((row, i) => (next[number * page + i] = { index: number * page + i, row }));
      slots.value = next;
      total.value = found;
      failure.value = undefined;
    } catch (error) {
      pages.delete(number);
      if (mine === latest) failure.value = failureOf(error);
    }
  }

  return {
    slots,
    total,
    failure,
    /** Another order or filter; what is shown stays until the first page is there. */
    async ask(next: Omit<TrialRowsRequest, 'offset' | 'limit'>): Promise<void> {
      query = next;
      loaded = new Set();
      const mine = ++latest;
      loaded.add(0);
      try {
        const { total: found, rows } = await read({ ...next, offset: 0, limit: page });
        if (mine !== latest) return;
        slots.value = Array.from({ length: found }, (_, index): Slot => (rows[index] === undefined ? { index } : { index, row: rows[index] }));
        total.value = found;
        failure.value = undefined;
      } catch (error) {
        if (mine === latest) failure.value = failureOf(error);
      }
    },
    see(first: number, last: number): void {
      for (let number = Math.floor(first / page); number <= Math.floor(last / page); number++) void readPage(number);
    },
  };
}
