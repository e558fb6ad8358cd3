import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { SearchEvent } from '../../engine/search/events.ts';
import { useConnection } from './connection.ts';

/** What a running search said last. */
export interface LiveRun {
  readonly step: number;
  readonly phase: string | undefined;
  /** The newest value of each scalar. */
  readonly values: Readonly<Record<string, number>>;
  readonly runningTrial: number | undefined;
  /** Clock of this page, in ms. */
  readonly lastEventAt: number;
  /** Between its last two signs, in ms, smoothed. */
  readonly usualGapMs: number;
}

/** A run that is silent for this much longer than it usually is may be stuck. */
export const lateMs = 100_000;

/** Follows running searches by their events alone; a new value four times a second at most. */
export const useLive = defineStore('live', () => {
  const runs = shallowRef<ReadonlyMap<string, LiveRun>>(new Map());

  useConnection().onEvents((events) => {
    const next = new Map(runs.value);
    const now = Date.now();
    for (const event of events) {
      if (event.type === 'search') next.set(event.id, after(next.get(event.id), event.event, now));
      else if (event.type === 'experiment' && event.experiment.state !== 'running') next.delete(event.experiment.id);
    }
    runs.value = next;
  });

  return { runs };
});

function after(before: LiveRun | undefined, event: SearchEvent, now: number): LiveRun {
  const gap = before === undefined ? 1000 : Math.max(250, now - before.lastEventAt);
  const run: LiveRun = {
    step: before?.step ?? 0,
    phase: before?.phase,
    values: before?.values ?? {},
    runningTrial: before?.runningTrial,
    lastEventAt: now,
    usualGapMs: before === undefined || now === before.lastEventAt ? (before?.usualGapMs ?? 1000) : 0.9 * before.usualGapMs + 0.1 * gap,
  };
  switch (event.type) {
    case 'scalars':
      return { ...run, step: event.step, phase: event.phase, values: { ...run.values, ...event.values } };
    case 'phase':
      return { ...run, phase: event.name };
    case 'trial-started':
      return { ...run, runningTrial: event.number };
    case 'trial-finished':
    case 'trial-failed':
      return { ...run, runningTrial: undefined };
    default:
      return run;
  }
}
