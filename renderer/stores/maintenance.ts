import { defineStore } from 'pinia';
import { lab } from '../lab/client.ts';
import { useAppInfo } from './app-info.ts';

/** Looking after the lab. */
export const useMaintenance = defineStore('maintenance', () => {
  const app = useAppInfo();
  return {
    async install(cuda = false) {
      const installed = await lab().installBackend({ cuda });
      await app.loadBackends(true);
      return installed;
    },
    async remove() {
      const removed = await lab().removeBackend();
      await app.loadBackends(true);
      return removed;
    },
    prune: (apply: boolean) => lab().prune({ apply }),
    examine: () => lab().doctor(),
    exportDiagnostics: () => lab().exportDiagnostics(),
  };
});
