import type { ExperimentRecord, ExperimentStore, Json } from '../../../db/store.ts';
import type { RetrainOf, TrialResult } from '../../ipc/follow-up.ts';
import type { HomeLayout } from '../home.ts';
import { environmentOf, trialView } from '../views.ts';

export function retrainOf(record: Pick<ExperimentRecord, 'environment'>): RetrainOf | undefined {
  return environmentOf(record as ExperimentRecord).retrains;
}

/**
 * The scores of a complete retraining that its trial does not have yet; undefined when there are none, or the trial is gone. A copy that was
 * imported under another id has the scores of its seed, and those are kept once.
 */
export function unkeptResults(
  store: ExperimentStore,
  layout: HomeLayout,
  record: ExperimentRecord,
): { readonly retrains: RetrainOf; readonly results: readonly TrialResult[] } | undefined {
  const retrains = retrainOf(record);
  if (record.state !== 'complete' || retrains === undefined || store.experiment(retrains.experiment) === undefined) return undefined;
  if (store.trial(retrains.experiment, retrains.trial) === undefined) return undefined;
  const details: Json = { experiment: record.id };
  const results = store
    .trials(record.id)
    .filter(({ state }) => state === 'complete')
    .flatMap((trial) =>
      trialView(layout, trial).metrics.map(({ name, value, split }) => ({
        kind: 'retrained' as const,
        name,
        value,
        split,
        seed: retrains.seed,
        details,
      })),
    );
  const known = store.trialResults(retrains.experiment).filter(({ number, kind }) => number === retrains.trial && kind === 'retrained');
  const isOwn = known.some((other) => (other.details as { readonly experiment?: string } | undefined)?.experiment === record.id);
  const isCopy = results.every(({ name, value, split, seed }) =>
    known.some((other) => other.seed === seed && other.name === name && other.value === value && other.split === split),
  );
  return isOwn || isCopy ? undefined : { retrains, results };
}
