import { StoreError } from '../../../db/store.ts';
import type { ExperimentView } from '../../ipc/contract.ts';
import type { BackendView, ExperimentSummary, OverviewApi } from '../../ipc/overview.ts';
import type { LabContext } from '../context.ts';
import { probe } from '../native/probe.ts';
import { surveyBackends } from '../native/survey.ts';
import { appInfoOf } from './app-info.ts';
import { runViewOf } from './run-view.ts';
import { ResultsCache, summaryOf } from './summary.ts';

export function createOverviewApi(context: LabContext, survey: typeof surveyBackends = surveyBackends): OverviewApi {
  const results = new ResultsCache();
  let backends: readonly BackendView[] | undefined;
  const summarise = (experiment: ExperimentView): ExperimentSummary =>
    summaryOf(experiment, {
      store: context.reading(),
      results,
      isHere: ({ id }) => context.isRunningHere(id),
      now: Date.now(),
    });
  return {
    appInfo: async () => appInfoOf(context.layout.root),
    experimentSummaries: async () => (await context.api().experiments()).map(summarise),
    experimentSummary: async (id) => summarise(await context.api().experiment(id)),
    runView: async (id) => {
      const summary = summarise(await context.api().experiment(id));
      return runViewOf(context.reading(), summary, results.of(context.reading(), summary.experiment));
    },
    archiveExperiments: async (ids, isArchived) => {
      const found = await Promise.all(ids.map((id) => context.api().experiment(id)));
      const running = found.find(({ state }) => state === 'running');
      if (running !== undefined && isArchived) {
        throw new StoreError('still-running', `Experiment ${running.id} is running. It cannot be put away.`, { tip: 'Pause it first.' });
      }
      await context.change('archiveExperiments', [found.map(({ id }) => id), isArchived], async (store) => {
        for (const { id } of found) store.archiveExperiment(id, isArchived);
      });
      const changed = await Promise.all(found.map(({ id }) => context.api().experiment(id)));
      for (const experiment of changed) context.emit({ type: 'experiment', experiment });
      return changed.map(summarise);
    },
    backends: async ({ anew = false } = {}) => {
      if (backends !== undefined && !anew) return backends;
      backends = await context.jobs.run(
        { kind: 'survey-backends', title: 'Trying the backends of this device' },
        async ({ signal, progress }) => {
          let tried = 0;
          const begin = (id: string): void => {
            signal.throwIfAborted();
            progress(tried++, undefined, `trying ${id}`);
          };
          const surveyed = await survey({}, begin, (request) => probe(request, undefined, undefined, signal));
          signal.throwIfAborted();
          return surveyed;
        },
      );
      return backends;
    },
  };
}
