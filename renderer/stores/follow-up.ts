import { defineStore } from 'pinia';
import { onScopeDispose, shallowRef, watch } from 'vue';
import type { ArchitectureRef } from '../../electron/ipc/architecture.ts';
import type { NetworkExportOptions } from '../../electron/ipc/exports.ts';
import type { ReplayReport, Retraining, RetrainRequest } from '../../electron/ipc/follow-up.ts';
import { lab } from '../lab/client.ts';
import { failureOf } from '../lab/failure.ts';
import { useConnection } from './connection.ts';
import { useExports } from './exports.ts';
import { useNotifications } from './notifications.ts';
import { resource } from './resource.ts';

/** A trial with the word it is shown by. */
export interface NamedTrial {
  readonly experiment: string;
  readonly trial: number;
  /** 't12'. */
  readonly name: string;
}

export interface RetrainWish extends Pick<RetrainRequest, 'steps' | 'backend'> {
  readonly seeds: number;
}

/** The next seeds that no run has had, from 0. */
export function freshSeeds({ runs, waiting }: Pick<Retraining, 'runs' | 'waiting'>, count: number): readonly number[] {
  const used = new Set([...waiting, ...runs.flatMap(({ environment }) => environment.retrains?.seed ?? [])]);
  return Array.from({ length: count + used.size }, (_, seed) => seed)
    .filter((seed) => !used.has(seed))
    .slice(0, count);
}

/** What follows a search: retraining, repeating, taking networks and papers away. Dialogs are opened from any view. */
export const useFollowUp = defineStore('follow-up', () => {
  const exports = useExports();
  const notifications = useNotifications();
  /** What the dialog asks about; empty: it is closed. */
  const toRetrain = shallowRef<readonly NamedTrial[]>([]);
  /** The experiment whose repetition the dialog is about. */
  const toReplay = shallowRef<string>();
  /** Of this session, by experiment. */
  const reports = shallowRef<ReadonlyMap<string, ReplayReport>>(new Map());

  async function retrain({ experiment, trial }: Pick<NamedTrial, 'experiment' | 'trial'>, { seeds, ...wish }: RetrainWish) {
    const before = await lab().retraining(experiment, trial);
    return lab().retrain({ experiment, trial, seeds: freshSeeds(before, seeds), ...wish });
  }

  /** Rejects as the lab does; who has closed the dialog meanwhile is told the result. */
  async function replay(id: string, name: string): Promise<void> {
    const report = await lab().replay(id);
    reports.value = new Map([...reports.value, [id, report]]);
    if (toReplay.value === id) return;
    const action = { label: 'Show', run: () => void (toReplay.value = id) };
    if (report.isEqual) notifications.show({ tone: 'good', text: `${name} came out again, equal in every trial`, action });
    else
      notifications.show({ tone: 'bad', text: `${name} came out differently from t${report.firstDifference?.trial}`, action }, undefined);
  }

  return {
    toRetrain,
    toReplay,
    reports,
    retrain,
    replay,
    retraining: (experiment: string, trial: number) => lab().retraining(experiment, trial),
    exportNetwork: (ref: ArchitectureRef, format: NetworkExportOptions['format']) =>
      exports.take(() => lab().exportNetwork(ref, { format }), { isFolder: format === 'tfjs' }),
    paperPack: (ids: readonly string[]) =>
      exports.take(
        async () => {
          const { folder } = await lab().paperPack(ids);
          return { file: folder, name: folder.split(/[\\/]/).at(-1) ?? folder };
        },
        { isFolder: true },
      ),
  };
});

/** How the retraining of a trial stands, while the component lives. Read again when one of its runs begins, ends or is put away. */
export function useRetraining(of: () => { readonly experiment: string; readonly trial: number } | undefined) {
  const found = resource<Retraining | undefined>(async () => {
    const known = of();
    return known === undefined ? undefined : lab().retraining(known.experiment, known.trial);
  });
  const connection = useConnection();
  const unfollow = connection.onEvents((events) => {
    const known = of();
    const isConcerned = events.some(
      (event) =>
        event.type === 'experiment' &&
        event.experiment.environment.retrains?.experiment === known?.experiment &&
        event.experiment.environment.retrains?.trial === known?.trial,
    );
    // Its score is written right after the end was told.
    if (known !== undefined && isConcerned) void found.load().then(() => setTimeout(() => void found.load(), afterEndMs));
  });
  const unresync = connection.onResync(() => void found.load());
  watch(
    () => JSON.stringify(of()),
    () => void found.load(),
    { immediate: true },
  );
  onScopeDispose(() => {
    unfollow();
    unresync();
  });
  return { retraining: found.value, failure: found.failure, reload: found.load };
}
const afterEndMs = 600;

/** Whether a failure is only that somebody has cancelled. */
export const isCancelled = (error: unknown): boolean => failureOf(error).code === 'cancelled';
