import { deleteCheckpointFiles, moveCheckpointFiles, orphanFiles } from '../../db/checkpoints/checkpoint-files.ts';
import type { ExperimentStore } from '../../db/store.ts';
import type { Resume } from './resume-point.ts';
import { asJson } from './search-setup.ts';

/** Where checkpoints go that were given up, inside the experiment's folder. */
const lostFolder = 'lost';

/**
 * Takes back what lies after the resume point and will come again. No weights are deleted: what no row names is written again by the search, or
 * listed by prune. `warn` is told what was given up.
 */
export function takeBack(store: ExperimentStore, id: string, folder: string, resume: Resume, warn: (message: string) => void): void {
  if (resume.unusable.length > 0) giveUp(store, id, folder, resume, warn);
  const partial = orphanFiles(folder, new Set()).filter(({ reason }) => reason === 'partial');
  deleteCheckpointFiles(
    folder,
    partial.map(({ file }) => file),
  );
  store.truncateScalars(id, resume.step);
  store.abandonTrials(id);
  const { length } = resume.progress.finishedTrials;
  if (resume.step === 0 && length === 0) return;
  store.addLog({
    experiment: id,
    level: 'info',
    message: `Resumes from step ${resume.step} with ${length} finished ${length === 1 ? 'trial' : 'trials'}.`,
  });
}

/** What cannot be used any more is kept aside; nothing after the resume point may be resumed from next time. */
function giveUp(
  store: ExperimentStore,
  id: string,
  folder: string,
  { unusable, step, lostSteps }: Resume,
  warn: (message: string) => void,
): void {
  for (const { record, reason } of unusable) {
    const message = `The checkpoint '${record.name}' of step ${record.step} cannot be used; going back ${lostSteps} steps to step ${step}. ${reason}`;
    store.addLog({ experiment: id, level: 'warn', message, values: asJson(record) });
    warn(message);
  }
  const names = new Set(
    [...unusable.map(({ record }) => record), ...store.checkpoints(id).filter((record) => record.step > step)].map(({ name }) => name),
  );
  for (const name of names) moveCheckpointFiles(folder, store.removeCheckpoint(id, name), lostFolder);
}
