import { onScopeDispose, shallowRef, watch } from 'vue';
import type { Ref } from 'vue';
import type { LogRecord, ScalarPoint } from '../../db/store.ts';
import type { LabEvent } from '../../electron/ipc/contract.ts';
import { lab } from '../lab/client.ts';
import { failureOf } from '../lab/failure.ts';
import { useConnection } from './connection.ts';
import { resource } from './resource.ts';

/** A curve of this many points looks like any longer one. */
const curvePoints = 1_200;
const loggedLines = 2_000;
/** What is computed anew for each trial is read at most this often. */
const reloadMs = 1_000;

/** Everything of one experiment that its monitor shows; follows its events while the component lives. */
export function useRun(id: Ref<string>) {
  const view = resource(() => lab().runView(id.value));
  const log = resource<readonly LogRecord[]>(() => lab().log(id.value, { limit: loggedLines }));
  const scalars = shallowRef<ReadonlyMap<string, readonly ScalarPoint[]>>(new Map());
  const scalarFailure = shallowRef<string>();
  const connection = useConnection();
  const timers = new Map<string, ReturnType<typeof setTimeout>>();

  /** Once now would be too often: soon, and only once. */
  function soon(what: string, work: () => Promise<void>): void {
    if (timers.has(what)) return;
    timers.set(
      what,
      setTimeout(() => {
        timers.delete(what);
        void work();
      }, reloadMs),
    );
  }

  async function loadScalars(): Promise<void> {
    const of = id.value;
    try {
      const names = await lab().scalarNames(of);
      const curves = await Promise.all(names.map((name) => lab().scalars(of, name, { maxPoints: curvePoints })));
      if (of === id.value) scalars.value = new Map(names.map((name, index) => [name, curves[index] ?? []]));
      scalarFailure.value = undefined;
    } catch (error) {
      scalarFailure.value = failureOf(error).message;
    }
  }

  function append(events: readonly LabEvent[]): void {
    const next = new Map(scalars.value);
    let longest = 0;
    for (const event of events) {
      if (event.type !== 'search' || event.event.type !== 'scalars') continue;
      const { step, values } = event.event;
      for (const [name, value] of Object.entries(values)) {
        const before = next.get(name) ?? [];
        // Steps that are done again after a resume replace what was there.
        const kept = (before.at(-1)?.step ?? -1) < step ? before : before.filter((point) => point.step < step);
        next.set(name, [...kept, { step, value }]);
        longest = Math.max(longest, kept.length);
      }
    }
    scalars.value = next;
    if (longest > 2 * curvePoints) void loadScalars();
  }

  const unfollow = connection.onEvents((events) => {
    const mine = events.filter((event) =>
      event.type === 'experiment' ? event.experiment.id === id.value : 'id' in event && event.id === id.value,
    );
    if (mine.length === 0) return;
    const kinds = new Set(mine.map((event) => (event.type === 'search' ? event.event.type : event.type)));
    if (kinds.has('scalars')) append(mine);
    if (['trial-finished', 'trial-failed', 'state', 'phase', 'plan', 'experiment'].some((kind) => kinds.has(kind as 'state')))
      soon('view', view.load);
    if (kinds.has('log') || kinds.has('experiment') || kinds.has('phase')) soon('log', log.load);
  });
  const reload = async (): Promise<void> => {
    await Promise.all([view.load(), log.load(), loadScalars()]);
  };
  const unresync = connection.onResync(() => void reload());
  watch(
    id,
    () => {
      scalars.value = new Map();
      void reload();
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    unfollow();
    unresync();
    for (const timer of timers.values()) clearTimeout(timer);
  });
  return { view: view.value, failure: view.failure, log: log.value, scalars, scalarFailure, reload };
}
