import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DeviceProfiles } from '../../../../electron/lab/latency/profiles.ts';
import { searchLatency } from '../../../../electron/lab/latency/search-latency.ts';
import { signatures } from '../../../../engine/cost/latency-table.ts';
import { rngFor } from '../../../../engine/rng.ts';
import { parseSearchConfig, type SearchConfig } from '../../../../engine/search/config.ts';
import { evaluationGraph, spaceOf } from '../../../../engine/search/network.ts';

const home = mkdtempSync(join(tmpdir(), 'search-latency-'));
afterAll(() => {
  rmSync(home, { recursive: true });
});

const configFor = (latencyProfile: string): SearchConfig =>
  parseSearchConfig({ preset: 'lite-hrnet-demo', strategy: { id: 'random', latencyProfile, maxLatencyMs: 9 } });

/** A profile with the layers of `known` random networks, 0.5 ms each, and `measured` networks twice as fast as their sums. */
function writeProfile(id: string, known: number, measured: number): void {
  const config = configFor(id);
  const table = new Map(
    Array.from({ length: known }, (_, i) => {
      const graph = evaluationGraph(config, spaceOf(config).sample(config.space, rngFor(i, 'known')));
      const signatureOf = signatures(graph);
      return graph.nodes.map((node) => [signatureOf(node), node.op] as const);
    }).flat(),
  );
  const device = { device: 'a processor', backend: 'wasm', threads: 1, mode: 'eager', batch: 1, appVersion: '0' } as const;
  const networks = Array.from({ length: measured }, (_, i) => {
    return { name: `n${i}`, input: [64, 64, 3], p50Ms: i + 1, p95Ms: 9, sumMs: 2 * (i + 1) };
  });
  new DeviceProfiles(home).write({
    version: 1,
    profile: { ...device, id, updatedAt: '2025-01-01', networks },
    table: [...table].map(([signature, op]) => ({ signature, op, count: 4, meanMs: 0.5, varianceMs2: 0 })),
  });
}

describe('searchLatency', () => {
  it('a search that names no profile has no limit', () => {
    expect(searchLatency(home, parseSearchConfig({ preset: 'lite-hrnet-demo', strategy: { id: 'random' } }))).toBeUndefined();
    expect(searchLatency(home, parseSearchConfig({ preset: 'demo' }))).toBeUndefined();
  });

  it('a profile with the layers of many networks becomes factor, error and a time for each kind of layer', () => {
    writeProfile('wide', 60, 6);
    const model = searchLatency(home, configFor('wide'));
    expect(model).toMatchObject({ profile: 'wide', device: 'a processor, wasm', factor: 0.5, errorMs: 0 });
    expect(new Set(Object.values(model!.layers))).toEqual(new Set([0.5]));
  });

  it('refused with what to do: a profile that there is not, one of three networks, one that knows none of the layers', () => {
    writeProfile('few', 1, 3);
    writeProfile('empty', 0, 6);
    expect(() => searchLatency(home, configFor('none'))).toThrow(expect.objectContaining({ code: 'unknown-profile' }));
    const tip = expect.stringContaining('lab profile-device lite-hrnet-demo --networks 40') as string;
    expect(() => searchLatency(home, configFor('few'))).toThrow(expect.objectContaining({ code: 'profile-too-small', tip }));
    expect(() => searchLatency(home, configFor('empty'))).toThrow(expect.objectContaining({ code: 'profile-does-not-fit', tip }));
  });
});
