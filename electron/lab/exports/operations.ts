import type { ExportsApi } from '../../ipc/exports.ts';
import type { LabContext } from '../context.ts';
import { exportNetwork } from './export-network.ts';
import { paperPack } from './paper-pack.ts';

/** Taking results away. */
export function createExportsApi(context: LabContext): ExportsApi {
  return {
    exportNetwork: async (ref, options) => exportNetwork(context, ref, options),
    paperPack: (ids, options) =>
      context.jobs.run({ kind: 'paper-pack', title: `Paper pack of ${ids.join(', ')}` }, () => paperPack(context, ids, options)),
  };
}
