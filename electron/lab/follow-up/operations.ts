import type { FollowUpApi } from '../../ipc/follow-up.ts';
import type { LabContext } from '../context.ts';
import { findExperiment } from '../search-setup.ts';
import { replay } from './replay.ts';
import { retrain, retrained, retrainingOf } from './retrain.ts';

/** What follows a search. */
export function createFollowUpApi(context: LabContext): FollowUpApi {
  context.onEvent((event) => {
    if (event.type !== 'experiment') return;
    retrained(context, event.experiment).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      context.warn(event.experiment.id, `Keeping its score with the trial that it retrains, or starting the next seed: ${message}`);
    });
  });
  return {
    retrain: (request) => retrain(context, request),
    retraining: async (experiment, trial) => retrainingOf(context, experiment, trial),
    keepTrialResults: async (given, trial, results) => {
      const { id } = findExperiment(context.reading(), given);
      await context.change('keepTrialResults', [id, trial, results], async (store) => store.addTrialResults(id, trial, results));
    },
    replay: (experiment) => replay(context, experiment),
  };
}
