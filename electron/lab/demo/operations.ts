import { join } from 'node:path';
import type { DemoApi } from '../../ipc/demo.ts';
import type { LabContext } from '../context.ts';
import { asJson } from '../search-setup.ts';
import { demoData, drawDemoData, registerDemoData } from './demo-data.ts';
import { demoConfig, demoName } from './demo-search.ts';

export function createDemoApi(context: LabContext): DemoApi {
  return {
    startDemo: async () => {
      const lab = context.api();
      const root = join(context.layout.root, 'demo', demoData.name);
      const written = await context.jobs.run({ kind: 'draw-demo-data', title: 'Drawing street scenes for the demo' }, ({ signal, progress }) =>
        drawDemoData(root, { signal, progress: (done, total) => progress(done, total, 'pictures') }),
      );
      const dataset = await registerDemoData(lab, root, written);
      const config = demoConfig(dataset.name);
      return lab.startSearch({ config: asJson(config), dataset: dataset.name, name: demoName });
    },
  };
}
