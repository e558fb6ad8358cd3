import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openLab } from '../../../../electron/lab/lab.ts';
import { hrNas } from '../../../../engine/spaces/hr-nas/hr-nas.ts';

const home = mkdtempSync(join(tmpdir(), 'latency-'));
const { api, close } = openLab({ home });
afterAll(async () => {
  await close();
  rmSync(home, { recursive: true });
});
const smallest = { architecture: hrNas.smallest(hrNas.defaultSettings) as never };

describe('slow: latency', () => {
  it('of a network: quantiles of 50 runs with the device, and every layer alone', { timeout: 60_000 }, async () => {
    const report = await api.measureLatency(smallest, { input: [32, 64], backend: 'wasm', layers: true });
    expect(report).toMatchObject({ backend: 'wasm', threads: 1, batch: 1, runs: 50, warmUps: 10, mode: 'eager', input: [32, 64, 3] });
    expect(report.p50Ms).toBeGreaterThan(0);
    expect(report.p95Ms).toBeGreaterThanOrEqual(report.p50Ms);
    const { nodes } = await api.networkGraph(smallest, { input: [32, 64] });
    expect(Object.keys(report.nodesMs ?? {})).toEqual(nodes.map(({ id }) => id));
    expect(Object.values(report.nodesMs ?? {}).every((ms) => ms > 0)).toBe(true);
  });

  it(
    'a profile of the device predicts networks of its layers, says its error and is extended by the next',
    { timeout: 120_000 },
    async () => {
      const request = { space: 'lite-hrnet', input: [32, 32], networks: 4, backend: 'wasm' } as const;
      const first = await api.profileDevice(request);
      expect(first).toMatchObject({ backend: 'wasm', isStale: false, predictor: { fitted: 2, checked: 2 } });
      expect(first.networks.map(({ name }) => name)).toHaveLength(new Set(first.networks.map(({ name }) => name)).size);
      expect(await api.deviceProfiles()).toEqual([first]);
      const again = await api.profileDevice({ ...request, networks: 5 });
      expect(again.id).toBe(first.id);
      expect(again.networks).toHaveLength(5);
      expect(again.layers).toBeGreaterThanOrEqual(first.layers);
      const [known] = await api.predictLatency(first.id, [smallest]);
      // Measured at another size: its layers are not in the table, so nothing is claimed.
      expect(known).toMatchObject({ ms: null, errorMs: null });
      expect(known?.missing).toBeGreaterThan(0);
      const { file } = await api.exportDeviceProfile(first.id, join(home, 'profile.json'));
      const { table } = JSON.parse(readFileSync(file, 'utf8')) as { table: { count: number; meanMs: number; varianceMs2: number }[] };
      expect(table).toHaveLength(again.layers);
      expect(table.every(({ count, meanMs, varianceMs2 }) => count >= 4 && meanMs > 0 && varianceMs2 >= 0)).toBe(true);
    },
  );

  it('a profile that there is not: refused', async () => {
    await expect(api.predictLatency('none', [])).rejects.toMatchObject({ code: 'unknown-profile' });
  });
});
