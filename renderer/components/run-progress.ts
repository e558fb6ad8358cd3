import type { ExperimentSummary } from '../../electron/ipc/overview.ts';
import type { LiveRun } from '../stores/live.ts';

export interface RunProgress {
  readonly step: number;
  /** 0 until the plan is known. */
  readonly total: number;
  /** 0..1; undefined until the plan is known. */
  readonly share: number | undefined;
}

/** Steps done as far as events have told, else as stored. */
export function progressOf({ experiment: { progress, state } }: ExperimentSummary, live: LiveRun | undefined): RunProgress {
  const step = state === 'running' ? Math.max(progress.step, live?.step ?? 0) : progress.step;
  const total = progress.totalSteps;
  return { step, total, share: total === 0 ? undefined : Math.min(1, step / total) };
}
