import { computed } from 'vue';
import type { ComputedRef } from 'vue';
import type { TrialAnnotationChange } from '../../../db/store.ts';
import type { FrontView, TrialRow } from '../../../electron/ipc/tradeoff.ts';
import { percent } from '../../format/percent.ts';
import { useLatency } from '../../stores/latency.ts';
import { useNotifications } from '../../stores/notifications.ts';
import { longestTray, useSelection } from '../../stores/selection.ts';
import { useTradeoff } from '../../stores/tradeoff.ts';

export interface ChosenTrial {
  readonly experiment: string;
  readonly number: number;
  readonly name: string;
}

/** What can be done with the trials that are chosen; failures are told where they happened. */
export function useTrialActions(
  view: ComputedRef<FrontView | undefined>,
  chosen: ComputedRef<readonly ChosenTrial[]>,
  pointOf: (key: string) => number | undefined,
) {
  const selection = useSelection();
  const tradeoff = useTradeoff();
  const notifications = useNotifications();
  const latency = useLatency();

  function annotate(experiment: string, numbers: readonly number[], change: TrialAnnotationChange, title: string): void {
    tradeoff.annotate(experiment, numbers, change, title).catch((error: unknown) => notifications.failed(error));
  }

  return {
    isMeasuring: computed(() => latency.isMeasuring),
    /** On the shortlist, or off it: the tray of all views, and a mark beside the trial. */
    shortlist(keys: readonly string[]): void {
      for (const key of keys) {
        const point = pointOf(key);
        const known = view.value;
        if (point === undefined || known === undefined) continue;
        const experiment = known.experiments[known.points.experiment[point] ?? 0];
        const ref = { experiment: experiment?.id ?? '', trial: known.points.number[point] ?? 0 };
        const isIn = selection.has(ref);
        if (!isIn && selection.tray.length >= longestTray) {
          notifications.show({ tone: 'info', text: `The shortlist holds ${longestTray} networks`, detail: 'Take one away first.' });
          return;
        }
        const title = `t${ref.trial}`;
        selection.toggle({ ref, title, subtitle: `${experiment?.name}, ${known.metric.name} ${percent(known.points.y[point])}` });
        annotate(
          ref.experiment,
          [ref.trial],
          { isShortlisted: !isIn },
          `${isIn ? 'Took' : 'Put'} ${title} ${isIn ? 'off' : 'on'} the shortlist`,
        );
      }
    },
    /** The same change for all that are chosen. */
    mark(change: TrialAnnotationChange, title: string): void {
      for (const [experiment, own] of Map.groupBy(chosen.value, (trial) => trial.experiment)) {
        annotate(
          experiment,
          own.map(({ number }) => number),
          change,
          title,
        );
      }
    },
    star({ experiment, number, annotation }: Pick<TrialRow, 'experiment' | 'number' | 'annotation'>): void {
      const isStarred = annotation?.isStarred !== true;
      annotate(experiment, [number], { isStarred }, `${isStarred ? 'Starred' : 'Took the star from'} t${number}`);
    },
    async measure(): Promise<void> {
      await latency.measure(chosen.value.map(({ experiment, number, name }) => ({ experiment, trial: number, name })));
      await tradeoff.reload();
    },
  };
}
