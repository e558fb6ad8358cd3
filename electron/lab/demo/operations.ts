import { join } from 'node:path';
import { demoNames } from '../../ipc/demo.ts';
import type { DemoApi, DemoName, DemoView } from '../../ipc/demo.ts';
import type { LabContext } from '../context.ts';
import { asJson } from '../search-setup.ts';
import { registerDemoData } from './demo-data.ts';
import { baselineConfig, baselineName, demoConfig } from './demo-search.ts';
import { demos } from './demos.ts';

export function createDemoApi(context: LabContext): DemoApi {
  return {
    demos: async () => demoNames.map(demoView),
    startDemo: async ({ name = demoNames[0] } = {}) => {
      const lab = context.api();
      const demo = demos[name];
      const { data, title } = demo;
      const root = join(context.layout.root, 'demo', data.name);
      const job = { kind: 'draw-demo-data', title: `Drawing ${data.pictures} for the demo` };
      const written = await context.jobs.run(job, ({ signal, progress }) =>
        data.draw(root, { signal, progress: (done, total) => progress(done, total, 'pictures') }),
      );
      const dataset = await registerDemoData(lab, data, root, written);
      const config = demoConfig(demo, dataset.name);
      const started = await lab.startSearch({ config: asJson(config), dataset: dataset.name, name: title });
      if (demo.baseline !== 'none') {
        const request = { config: asJson(baselineConfig(config, started.folder)), dataset: dataset.name, name: baselineName(demo) };
        await lab.savePlan({ kind: 'queued', request });
      }
      return started;
    },
  };
}

function demoView(name: DemoName): DemoView {
  const demo = demos[name];
  const { title, description, minutes, data, baseline } = demo;
  return { name, title, description, pictures: data.pictures, minutes, ...(baseline !== 'none' && { baseline: baselineName(demo) }) };
}
