import type { DemoName } from '../../electron/ipc/demo.ts';
import type { ExperimentView, ForkRequest, ResumeOptions } from '../../electron/ipc/contract.ts';
import { lab } from '../lab/client.ts';
import { useExperiments } from './experiments.ts';
import { useUndo } from './undo.ts';

export interface AnnotationChange {
  readonly name?: string;
  readonly tags?: readonly string[];
  readonly note?: string;
}

/** What can be done with experiments. Each rejects with the lab's failure and leaves the list as the lab has it. */
export function useExperimentActions() {
  const experiments = useExperiments();
  const undo = useUndo();

  async function changing(work: () => Promise<ExperimentView>): Promise<ExperimentView> {
    const experiment = await work();
    await experiments.refresh(experiment.id);
    return experiment;
  }

  return {
    /** Ends after the running step; until then it is shown as pausing. */
    async pause(id: string): Promise<void> {
      experiments.setPausing(id, true);
      try {
        await changing(() => lab().stopSearch(id));
      } finally {
        experiments.setPausing(id, false);
      }
    },
    stopNow: (id: string) => changing(() => lab().stopSearch(id, { now: true })),
    /** Of an interrupted one: it stays as it is, as a paused one. */
    leavePaused: (id: string) => changing(() => lab().stopSearch(id)),
    resume: (id: string, options?: ResumeOptions) => changing(() => lab().resumeSearch(id, options)),
    fork: (request: ForkRequest) => changing(() => lab().forkSearch(request)),
    demos: () => lab().demos(),
    startDemo: (name: DemoName) => changing(() => lab().startDemo({ name })),

    async archive(ids: readonly string[], isArchived: boolean): Promise<void> {
      const change = async (to: boolean): Promise<void> => {
        for (const summary of await lab().archiveExperiments(ids, to)) experiments.put(summary);
      };
      const what = ids.length === 1 ? experiments.nameOf(ids[0] ?? '') : `${ids.length} experiments`;
      const title = isArchived ? `Archived ${what}` : `Brought back ${what}`;
      await undo.perform({ title, redo: () => change(isArchived), undo: () => change(!isArchived) }, { tell: true });
    },

    async annotate(id: string, change: AnnotationChange): Promise<void> {
      const before = experiments.byId.get(id)?.experiment;
      if (before === undefined) return;
      const back = { name: before.name, tags: before.tags, note: before.note };
      const apply = async (to: AnnotationChange): Promise<void> => void (await changing(() => lab().annotate(id, to)));
      await undo.perform({ title: `Changed the notes of ${before.name}`, redo: () => apply(change), undo: () => apply(back) });
    },

    /** For good, with its folder; resolves with the bytes that became free. */
    async remove(id: string): Promise<number> {
      const { freedBytes } = await lab().removeExperiment(id);
      experiments.forget(id);
      return freedBytes;
    },
    exportTo: (id: string, file: string) => lab().exportExperiment(id, file),
    async importFrom(file: string): Promise<ExperimentView> {
      const { experiment } = await lab().importExperiment(file);
      return changing(() => Promise.resolve(experiment));
    },
  };
}
