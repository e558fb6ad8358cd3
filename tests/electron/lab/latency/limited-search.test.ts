import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ComputeJob } from '../../../../electron/compute/protocol.ts';
import { DeviceProfiles } from '../../../../electron/lab/latency/profiles.ts';
import { forkCompute } from '../../../../electron/lab/launch-compute.ts';
import { signatures } from '../../../../engine/cost/latency-table.ts';
import { rngFor } from '../../../../engine/rng.ts';
import { parseSearchConfig } from '../../../../engine/search/config.ts';
import { evaluationGraph, spaceOf } from '../../../../engine/search/network.ts';
import { temporaryFolder } from '../../../db/temporary-folder.ts';
import { behave, openTestLab, writeCityscapesShell } from '../lab-fixture.ts';
import { tinyConfig } from '../tiny-config.ts';

const config = tinyConfig({ strategy: { id: 'random', trials: 2, steps: 10, latencyProfile: 'mine', maxLatencyMs: 50 } });

/** Knows the layers of one of the networks that a search asks about before it begins; `meanMs` each. */
function writeProfile(home: string, meanMs: number): void {
  const parsed = parseSearchConfig(config);
  const graph = evaluationGraph(parsed, spaceOf(parsed).sample(parsed.space, rngFor(parsed.seed, 'predictable', 0)));
  const signatureOf = signatures(graph);
  const kinds = new Map(graph.nodes.map((node) => [signatureOf(node), node.op] as const));
  const networks = [1, 2, 3, 4].map((ms) => ({ name: `n${ms}`, input: [64, 128, 3], p50Ms: ms, p95Ms: ms, sumMs: ms }));
  const device = { device: 'a processor', backend: 'wasm', threads: 1, mode: 'eager', batch: 1, appVersion: '0' } as const;
  new DeviceProfiles(home).write({
    version: 1,
    profile: { ...device, id: 'mine', updatedAt: '2025-01-01', networks },
    table: [...kinds].map(([signature, op]) => ({ signature, op, count: 4, meanMs, varianceMs2: 0 })),
  });
}

it('slow: a search keeps the table of its profile and hands it to every run, also when the device is measured again', async () => {
  const folder = temporaryFolder();
  const home = join(folder, 'home');
  const jobs: ComputeJob[] = [];
  const launch = forkCompute(new URL('../fake-compute.ts', import.meta.url));
  const { api } = openTestLab(home, {
    launchCompute: async () => {
      const compute = await launch();
      const send: typeof compute.send = (message) => {
        if (message.type === 'start') jobs.push(message.job);
        return compute.send(message);
      };
      return { ...compute, send };
    },
  });
  await api.addDataset({ root: writeCityscapesShell(join(folder, 'city')), name: 'city' });
  await expect(api.startSearch({ config, dataset: 'city' })).rejects.toMatchObject({ code: 'unknown-profile' });
  expect(await api.experiments()).toEqual([]);

  writeProfile(home, 0.5);
  behave({ then: 'exit', at: 3 });
  const { id, environment } = await api.startSearch({ config, dataset: 'city' });
  // the table itself is long and nobody looks at it
  expect(environment.latency).toEqual({ profile: 'mine', device: 'a processor, wasm', factor: 1, errorMs: 0 });
  await api.whenEnded(id);
  writeProfile(home, 7);
  behave({});
  await api.resumeSearch(id);
  await api.whenEnded(id);
  expect(jobs).toHaveLength(2);
  for (const { latency } of jobs) expect(new Set(Object.values(latency!.layers))).toEqual(new Set([0.5]));
}, 60_000);
