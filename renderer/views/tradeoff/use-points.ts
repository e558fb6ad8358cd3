import { computed } from 'vue';
import type { ComputedRef } from 'vue';
import type { FrontView } from '../../../electron/ipc/tradeoff.ts';
import { parseRef, refKey, useSelection } from '../../stores/selection.ts';

/** Selection and pointer of all views, as points of this one, and back. */
export function usePoints(view: ComputedRef<FrontView | undefined>) {
  const selection = useSelection();
  /** Point of each trial number, one table an experiment; -1 for none. */
  const byNumber = computed(() => {
    const known = view.value;
    if (known === undefined) return [];
    const tables = known.experiments.map(() => new Int32Array(known.lastNumber + 1).fill(-1));
    known.points.number.forEach((number, point) => {
      const table = tables[known.points.experiment[point] ?? 0];
      if (table !== undefined) table[number] = point;
    });
    return tables;
  });

  function keyOf(point: number): string {
    const known = view.value;
    const experiment = known?.experiments[known.points.experiment[point] ?? 0]?.id ?? '';
    return refKey({ experiment, trial: known?.points.number[point] ?? -1 });
  }

  function pointOf(key: string | undefined): number | undefined {
    if (key === undefined) return undefined;
    const ref = parseRef(key);
    if ('published' in ref) return undefined;
    const index = view.value?.experiments.findIndex(({ id }) => id === ref.experiment) ?? -1;
    const point = byNumber.value[index]?.[ref.trial] ?? -1;
    return point < 0 ? undefined : point;
  }

  return {
    keyOf,
    pointOf,
    hovered: computed({
      get: () => pointOf(selection.hovered),
      set: (point: number | undefined) => (selection.hovered = point === undefined ? undefined : keyOf(point)),
    }),
    selected: computed({
      get: () => selection.selected.flatMap((key) => pointOf(key) ?? []),
      set: (points: readonly number[]) => (selection.selected = points.map(keyOf)),
    }),
  };
}
