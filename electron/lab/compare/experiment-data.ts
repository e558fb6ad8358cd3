import type { ExperimentRecord, ExperimentStore } from '../../../db/store.ts';
import { environmentOf } from '../views.ts';

/** Version of the data that an experiment was scored on, and the names of its classes as far as the data set is still registered. */
export function findExperimentData(
  store: ExperimentStore,
  record: ExperimentRecord,
): { readonly data: string; readonly classNames: readonly string[] } {
  const { dataset } = environmentOf(record);
  const info = store.dataset(dataset.name)?.info as { readonly classes?: readonly { readonly name: string }[] } | undefined;
  return { data: `${dataset.name} (${dataset.fingerprint.slice(0, 8)})`, classNames: info?.classes?.map(({ name }) => name) ?? [] };
}
