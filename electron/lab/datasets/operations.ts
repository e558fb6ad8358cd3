import { resolve } from 'node:path';
import type { DatasetsApi } from '../../ipc/contract.ts';
import type { LabContext } from '../context.ts';
import { needDataset, registerDataset, relocateDataset } from './registry.ts';
import { datasetView } from '../views.ts';
import { withHealth } from './detail.ts';
import { datasetTools } from './tools.ts';

/** Registered data sets. */
export function createDatasetsApi(context: LabContext): DatasetsApi {
  const { reading, change } = context;
  const tools = datasetTools(context);
  return {
    addDataset: async (request) => {
      // Absolute before it is passed on: the process that owns the home may run in another folder.
      const absolute = { ...request, root: resolve(request.root) };
      return change('addDataset', [absolute], async (store) => datasetView(await registerDataset(store, absolute)));
    },
    datasets: async () =>
      reading()
        .datasets()
        .filter(({ archivedAt }) => archivedAt === undefined)
        .map((record) => withHealth(tools.cacheFolder, record)),
    dataset: async (name) => withHealth(tools.cacheFolder, needDataset(reading(), name)),
    removeDataset: (name) => change('removeDataset', [name], async (store) => store.removeDataset(name)),
    relocateDataset: async (name, given) => {
      const root = resolve(given);
      return change('relocateDataset', [name, root], async (store) => datasetView(await relocateDataset(store, name, root)));
    },
  };
}
