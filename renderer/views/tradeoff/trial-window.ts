import { shallowRef } from 'vue';
import type { TrialRow, TrialRows, TrialRowsRequest } from '../../../electron/ipc/tradeoff.ts';
import type { Failure } from '../../../db/store.ts';
import { failureOf } from '../../lab/failure.ts';

/** A line of the table; which trial it is is known when it is near what is seen. */
export interface Slot {
  readonly index: number;
}

const page = 100;

/**
 * A table of any length of which only the pages are read that are seen. The list of lines stays the same while pages come, so that
 * nothing is placed anew.
 */
export function useTrialWindow(read: (request: TrialRowsRequest) => Promise<TrialRows>) {
  const slots = shallowRef<readonly Slot[]>([]);
  const rows = shallowRef<ReadonlyMap<number, TrialRow>>(new Map());
  const total = shallowRef<number>();
  const failure = shallowRef<Failure>();
  let query: Omit<TrialRowsRequest, 'offset' | 'limit'> | undefined;
  let asked = new Set<number>();
  let latest = 0;

  function take(found: TrialRows, offset: number, before: ReadonlyMap<number, TrialRow>): void {
    if (slots.value.length !== found.total) slots.value = Array.from({ length: found.total }, (_, index) => ({ index }));
    const next = new Map(before);
    found.rows.forEach((row, i) => next.set(offset + i, row));
    rows.value = next;
    total.value = found.total;
    failure.value = undefined;
  }

  async function readPage(number: number): Promise<void> {
    if (query === undefined || asked.has(number)) return;
    asked.add(number);
    const mine = latest;
    const pages = asked;
    try {
      const found = await read({ ...query, offset: number * page, limit: page });
      if (mine === latest) take(found, number * page, rows.value);
    } catch (error) {
      pages.delete(number);
      if (mine === latest) failure.value = failureOf(error);
    }
  }

  return {
    slots,
    rows,
    total,
    failure,
    /** Another order or filter; what is shown stays until the first page is there. */
    async ask(next: Omit<TrialRowsRequest, 'offset' | 'limit'>): Promise<void> {
      query = next;
      asked = new Set([0]);
      const mine = ++latest;
      try {
        const found = await read({ ...next, offset: 0, limit: page });
        if (mine === latest) take(found, 0, new Map());
      } catch (error) {
        if (mine === latest) failure.value = failureOf(error);
      }
    },
    see(first: number, last: number): void {
      for (let number = Math.floor(first / page); number <= Math.floor(last / page); number++) void readPage(number);
    },
  };
}
