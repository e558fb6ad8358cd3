import { findInstalled, nativeHome } from '../../../engine/backend/tensorflow/installed.ts';
import { EngineError } from '../../../engine/error.ts';
import type { BackendInstallation, MaintenanceApi } from '../../ipc/maintenance.ts';
import type { LabContext } from '../context.ts';
import type { JobControl } from '../jobs/jobs.ts';
import { prepareAddon } from '../native/addon.ts';
import { installTensorflow, removeTensorflow } from '../native/install.ts';
import { writeExport } from '../write-export.ts';
import { diagnostics } from './diagnostics.ts';

export function createMaintenanceApi(context: LabContext): MaintenanceApi {
  const { jobs, layout, api } = context;
  return {
    installBackend: async ({ cuda = false } = {}) => {
      const title = { kind: 'install-backend', title: `Installing native TensorFlow${cuda ? ' with CUDA' : ''}` };
      const installed = await jobs.run(title, (control) => install(cuda, control));
      await api().backends({ anew: true });
      return installed;
    },
    removeBackend: async () => {
      const freedBytes = await removeTensorflow(nativeHome());
      await api().backends({ anew: true });
      return { freedBytes };
    },
    exportDiagnostics: async (target) => {
      const text = `${JSON.stringify(await diagnostics(api(), layout.root), null, 2)}\n`;
      return writeExport(layout.root, 'diagnostics.json', target, text);
    },
  };
}

async function install(cuda: boolean, { signal, progress }: JobControl): Promise<BackendInstallation> {
  const { wasInstalled } = await installTensorflow({
    variant: cuda ? 'cuda' : 'cpu',
    home: nativeHome(),
    env: process.env,
    signal,
    say: (line) => progress(0, undefined, line),
    onProgress: (doing, done, total, words) => progress(done, total, `${doing === 'download' ? 'downloading' : 'unpacking'} ${words}`),
  });
  const installed = findInstalled();
  if (installed === undefined) throw new EngineError('not-installed', 'Native TensorFlow is not there although it was installed just now.');
  progress(1, undefined, 'preparing the addon');
  const { note } = await prepareAddon(installed.folder);
  const { version, variant, sizeBytes } = installed;
  return { version, variant, wasInstalled, sizeBytes, addon: note };
}
