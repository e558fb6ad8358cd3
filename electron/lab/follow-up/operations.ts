import type { FollowUpApi } from '../../ipc/follow-up.ts';
import type { LabContext } from '../context.ts';
import { updateNotesFile } from '../folder/notes-file.ts';
import { experimentFolder } from '../home.ts';
import { findExperiment } from '../search-setup.ts';
import { replay } from './replay.ts';
import { isLeftOpen } from './left-open.ts';
import { keepRetrained, retrain, retrainingOf, startNextSeed, unfollowed } from './retrain.ts';

/** What follows a search. */
export function createFollowUpApi(context: LabContext): FollowUpApi {
  followRetrainings(context);
  return {
    retrain: (request) => retrain(context, request),
    retraining: async (experiment, trial) => retrainingOf(context, experiment, trial),
    keepTrialResults: async (given, trial, results) => {
      const { id } = findExperiment(context.reading(), given);
      await context.change('keepTrialResults', [id, trial, results], async (store) => {
        store.addTrialResults(id, trial, results);
        updateNotesFile(experimentFolder(context.layout, id), store, id);
      });
    },
    replay: (experiment) => replay(context, experiment),
  };
}

/** Scores of retrainings are kept when they end, and the next seed begins; where an interface is shown also what was left open before. */
function followRetrainings(context: LabContext): void {
  const attempt = async (id: string, what: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      context.warn(id, `${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const follow = async (id: string): Promise<void> => {
    await attempt(id, 'Keeping its score with the trial that it retrains', () => keepRetrained(context, id));
    if (!context.isClosing()) await attempt(id, 'Starting the next seed of the retraining', () => startNextSeed(context, id));
  };
  context.onEvent((event) => {
    if (event.type === 'experiment' && event.experiment.state === 'complete') void follow(event.experiment.id);
  });
  if (!context.runsQueue) return;
  const followBefore = async (): Promise<void> => {
    const store = context.reading();
    const open = store.experiments().find((record) => isLeftOpen(store, context.layout, record));
    // A new owner finishes it before anything else; there is nothing more to do then.
    if (open !== undefined) await context.change('annotate', [open.id, {}], async () => undefined);
    for (const id of unfollowed(context.reading())) await attempt(id, 'Starting the next seed of the retraining', () => startNextSeed(context, id));
  };
  // A home that cannot be read or written tells so whoever asks for something in it.
  setTimeout(() => void followBefore().catch(() => undefined), 0).unref();
}
