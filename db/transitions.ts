import { StoreError } from './store.ts';
import type { ExperimentBundle, ExperimentState, StateDetails } from './store.ts';

/** running -> running gives a run another runner; complete and failed are final. */
const legal: Readonly<Record<ExperimentState, readonly ExperimentState[]>> = {
  running: ['running', 'interrupted', 'stopped', 'complete', 'failed'],
  interrupted: ['running', 'stopped'],
  stopped: ['running'],
  complete: [],
  failed: [],
};

/** Throws StoreError 'finished' or 'illegal-transition', or 'runner-missing' when a running experiment would have nobody who runs it. */
export function checkTransition(id: string, from: ExperimentState, to: ExperimentState, details: StateDetails): void {
  if (!legal[from].includes(to)) {
    if (legal[from].length === 0) {
      throw new StoreError('finished', `Experiment ${id} is ${from}; it cannot become ${to}.`, {
        tip: 'A finished experiment never changes: fork it to try something else.',
      });
    }
    throw new StoreError(
      'illegal-transition',
      `Experiment ${id} is ${from}; from there it can become ${legal[from].join(' or ')}, not ${to}.`,
    );
  }
  if (to === 'running' && details.runner === undefined) {
    throw new StoreError('runner-missing', `Experiment ${id} cannot be marked running without the process that runs it.`);
  }
}

/** Nothing that came from elsewhere runs here. Throws StoreError 'still-running'. */
export function checkBundle({ experiment: { id, state }, trials }: ExperimentBundle): void {
  const running = trials.find((trial) => trial.state === 'running');
  if (state !== 'running' && running === undefined) return;
  throw new StoreError(
    'still-running',
    `Adding experiment ${id}: ${running === undefined ? 'it' : `its trial ${running.number}`} is marked as running, but nobody runs it here.`,
  );
}
