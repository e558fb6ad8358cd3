import type { JobView } from '../../electron/ipc/jobs.ts';
import type { ExperimentState, TrialState } from '../../db/store.ts';
import type { ChipTone } from './AppChip.vue';
import type { IconName } from './icons.ts';

/** States of experiments, trials and jobs, and those that only the interface knows. */
export type ShownState = ExperimentState | TrialState | JobView['state'] | 'pausing';

interface StateLook {
  readonly word: string;
  readonly tone: ChipTone;
  readonly icon: IconName;
  readonly title: string;
}

export const stateLooks: Readonly<Record<ShownState, StateLook>> = {
  running: { word: 'running', tone: 'accent', icon: 'play', title: 'Computing now' },
  pausing: { word: 'pausing…', tone: 'accent', icon: 'pause', title: 'Ends its step, writes a checkpoint and frees the device' },
  stopped: { word: 'paused', tone: 'neutral', icon: 'pause', title: 'Paused; nothing is lost, it can be resumed' },
  interrupted: { word: 'interrupted', tone: 'warn', icon: 'interrupted', title: 'Cut off; it can be resumed from its last checkpoint' },
  complete: { word: 'complete', tone: 'good', icon: 'check', title: 'Finished' },
  failed: { word: 'failed', tone: 'bad', icon: 'error', title: 'Ended with an error' },
  abandoned: { word: 'abandoned', tone: 'neutral', icon: 'interrupted', title: 'Cut off; redone on resume with the same number' },
  waiting: { word: 'waiting', tone: 'neutral', icon: 'more', title: 'Waits for its turn' },
  done: { word: 'done', tone: 'good', icon: 'check', title: 'Finished' },
  cancelled: { word: 'cancelled', tone: 'neutral', icon: 'close', title: 'Cancelled' },
};
