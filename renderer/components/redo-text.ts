import type { ExperimentSummary } from '../../electron/ipc/overview.ts';
import { duration } from '../format/duration.ts';

/** 'resuming redoes 12 steps, about 41 s'. */
export function redoText(redo: ExperimentSummary['redo']): string {
  if (redo === undefined) return 'it can be resumed';
  if (redo.steps === 0) return 'resuming redoes nothing';
  const steps = redo.steps === 1 ? '1 step' : `${redo.steps} steps`;
  return redo.seconds === undefined ? `resuming redoes ${steps}` : `resuming redoes ${steps}, about ${duration(redo.seconds)}`;
}
