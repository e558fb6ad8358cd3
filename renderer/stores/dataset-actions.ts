import type { CheckLevel } from '../../datasets/check.ts';
import type { DatasetView } from '../../electron/ipc/contract.ts';
import type { SampleQuery, SampleRef } from '../../electron/ipc/dataset-browsing.ts';
import type { ConfusionQuery, EvaluateRequest } from '../../electron/ipc/evaluations.ts';
import { lab } from '../lab/client.ts';
import { useDatasets } from './datasets.ts';
import { useUndo } from './undo.ts';

/** What can be asked of data sets and done with them. Each rejects with the lab's failure; changes load the list anew. */
export function useDatasetActions() {
  const datasets = useDatasets();
  const undo = useUndo();

  async function changing<T>(work: () => Promise<T>): Promise<T> {
    const value = await work();
    await datasets.load();
    return value;
  }

  return {
    recognise: (root: string) => lab().recogniseDataset(root),
    /** Counts its classes too, as a job that nobody waits for. */
    async add(request: { readonly root: string; readonly name: string; readonly anyway: boolean }): Promise<DatasetView> {
      const added = await changing(() => lab().addDataset(request));
      const split = ['train', 'val'].find((name) => (added.splits[name] ?? 0) > 0);
      if (split !== undefined)
        void lab()
          .classHistogram({ dataset: added.name, split })
          .catch(() => undefined);
      return added;
    },
    relocate: (name: string, root: string) => changing(() => lab().relocateDataset(name, root)),
    async archive(name: string, isArchived: boolean): Promise<void> {
      const change = (to: boolean): Promise<unknown> => changing(() => lab().archiveDataset(name, to));
      await undo.perform(
        {
          title: isArchived ? `Put ${name} away` : `Brought ${name} back`,
          redo: async () => void (await change(isArchived)),
          undo: async () => void (await change(!isArchived)),
        },
        { tell: true },
      );
    },
    /** For good; files stay where they are. */
    forget: (name: string) => changing(() => lab().removeDataset(name)),
    check: (name: string, level: CheckLevel) => changing(() => lab().checkDataset({ name, level })),
    exportFindings: (dataset: string) => lab().exportFindings({ dataset }),

    archived: () => lab().archivedDatasets(),
    overviews: () => lab().datasetOverviews(),
    detail: (name: string) => lab().datasetDetail(name),
    histogram: (dataset: string, split: string) => lab().classHistogram({ dataset, split }),
    joints: (dataset: string, split: string) => lab().jointStatistics({ dataset, split }),
    samples: (query: SampleQuery) => lab().samples(query),
    sample: (ref: SampleRef & { readonly evaluations?: readonly string[] }) => lab().sample(ref),

    evaluations: (dataset: string) => lab().evaluations({ dataset }),
    evaluation: (id: string) => lab().evaluation(id),
    evaluate: (request: EvaluateRequest) => lab().evaluate(request),
    removeEvaluation: (id: string) => lab().removeEvaluation(id),
    confusionSamples: (query: ConfusionQuery) => lab().confusionSamples(query),
    trials: (experiment: string) => lab().trials(experiment),
  };
}
