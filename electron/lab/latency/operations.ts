import packageJson from '../../../package.json' with { type: 'json' };
import { StoreError } from '../../../db/store.ts';
import { findSpace } from '../../../engine/catalog.ts';
import { sumLatency } from '../../../engine/cost/latency-table.ts';
import { rngFor } from '../../../engine/rng.ts';
import { architectureHash } from '../../../engine/spaces/canonical.ts';
import { parseSearchConfig } from '../../../engine/search/config.ts';
import type { SearchConfig } from '../../../engine/search/config.ts';
import { rankingSize, spaceOf } from '../../../engine/search/network.ts';
import type { Architecture } from '../../../engine/spaces/search-space.ts';
import type { ArchitectureRef } from '../../ipc/architecture.ts';
import type { DeviceProfile, LatencyApi, LatencyDevice, LatencyOptions, LatencyReport, ProfileRequest } from '../../ipc/latency.ts';
import type { LatencyOutput } from '../../compute/tasks/measure-latency.ts';
import { buildNetwork } from '../architecture/resolve.ts';
import type { LabContext } from '../context.ts';
import { deviceChoice } from '../device-choice.ts';
import { asJson, findExperiment } from '../search-setup.ts';
import { writeExport } from '../write-export.ts';
import { manyLayers } from './many-layers.ts';
import { DeviceProfiles, mergedTable, profileBytes, profileId, profileView } from './profiles.ts';

const usualNetworks = 8;
/** Networks that the measured ones are chosen from. */
const pool = 64;

/** Latency by the clock, and from tables of layers. */
export function createLatencyApi(context: LabContext): LatencyApi {
  const profiles = new DeviceProfiles(context.layout.root);
  return {
    measureLatency: (ref, options = {}) => measureLatency(context, ref, options),
    profileDevice: (request) => profileDevice(context, profiles, request),
    deviceProfiles: async () => profiles.list().map(profileView),
    predictLatency: async (id, refs) => {
      const file = profiles.find(id);
      const table = new Map(file.table.map((entry) => [entry.signature, entry]));
      const { predictor } = profileView(file);
      return refs.map((ref) => {
        const { name, graph } = buildNetwork(context, ref);
        const { ms, missing } = sumLatency(graph, table);
        const isKnown = missing === 0 && predictor !== undefined;
        return { name, missing, ms: isKnown ? predictor.factor * ms : null, errorMs: isKnown ? predictor.errorMs : null };
      });
    },
    exportDeviceProfile: async (id, target) =>
      writeExport(context.layout.root, `latency-${id}.json`, target, profileBytes(profiles.find(id))),
  };
}

async function measureLatency(context: LabContext, ref: ArchitectureRef, options: LatencyOptions): Promise<LatencyReport> {
  const { input, batch = 1, layers = false } = options;
  const network = buildNetwork(context, ref, input === undefined ? {} : { input });
  const where = network.experiment === undefined ? '' : ` (${network.experiment.id})`;
  const output = await context.jobs.run({ kind: 'measure-latency', title: `Latency of ${network.name}${where}` }, (control) => {
    const networks = [{ name: network.name, arch: asJson(network.arch), input: network.input }];
    return context.runTask('measure-latency', { networks, batch, layers }, control, deviceChoice(options));
  });
  const [measured] = output.networks;
  if (measured === undefined) throw new StoreError('unexpected', `Measuring ${network.name} gave no time.`);
  const report = { ...deviceOf(output, batch), ...measured, input: network.input };
  // A batch is no picture's time.
  if (batch === 1 && network.trial !== undefined && network.experiment !== undefined) {
    await storeWithTrial(context, network.experiment.id, network.trial.number, report);
  }
  return report;
}

function deviceOf(output: LatencyOutput, batch: number): LatencyDevice {
  const { device, backend, threads, mode, warmUps, runs } = output;
  return {
    device: `${device} (${process.platform}-${process.arch})`,
    backend,
    threads,
    mode,
    batch,
    warmUps,
    runs,
    appVersion: packageJson.version,
    measuredAt: new Date().toISOString(),
  };
}

/** As two further results of the trial, each with what it belongs to. */
async function storeWithTrial(context: LabContext, id: string, number: number, report: LatencyReport): Promise<void> {
  const { p50Ms, p95Ms, name: _name, ...details } = report;
  const results = [
    { kind: 'measured' as const, name: 'latencyP50Ms', value: p50Ms, split: '', details: asJson(details) },
    { kind: 'measured' as const, name: 'latencyP95Ms', value: p95Ms, split: '', details: asJson(details) },
  ];
  await context.api().keepTrialResults(id, number, results);
}

async function profileDevice(context: LabContext, profiles: DeviceProfiles, request: ProfileRequest): Promise<DeviceProfile> {
  const { space, settings, input } = sampledSpace(context, request);
  const count = request.networks ?? usualNetworks;
  const drawn = distinct(Math.max(count, pool), (i) => space.sample(settings, rngFor(0, 'profile', i)));
  const archs = manyLayers(drawn, (arch) => space.graph(arch, input), count);
  const networks = archs.map((arch) => ({ name: `${space.id} ${architectureHash(arch).slice(0, 8)}`, arch: asJson(arch), input }));
  const title = { kind: 'profile-device', title: `Profile of this device for ${space.title}` };
  const known = profiles.list().filter(({ profile }) => profile.appVersion === packageJson.version && isWanted(profile, request));
  const output: LatencyOutput = await context.jobs.run(title, (control) => {
    // Only where it is sure that the table belongs to the backend that will be opened.
    const table = request.backend !== undefined && known.length === 1 ? (known[0]?.table ?? []) : [];
    return context.runTask('measure-latency', { networks, batch: 1, layers: true, known: table }, control, deviceChoice(request));
  });
  const { measuredAt, warmUps: _warmUps, runs: _runs, ...device } = deviceOf(output, 1);
  const id = profileId(device);
  const before = profiles.list().find(({ profile }) => profile.id === id && profile.appVersion === packageJson.version);
  const table = mergedTable(before?.table ?? [], output.layers);
  const byKind = new Map(table.map((entry) => [entry.signature, entry]));
  const measured = output.networks.map(({ name, p50Ms, p95Ms }, i) => ({
    name,
    input,
    p50Ms,
    p95Ms,
    sumMs: sumLatency(space.graph(archs[i] as Architecture, input), byKind).ms,
  }));
  const others = (before?.profile.networks ?? []).filter(
    ({ name, input: size }) => !measured.some((one) => one.name === name && String(one.input) === String(size)),
  );
  const file = { version: 1, profile: { ...device, id, updatedAt: measuredAt, networks: [...others, ...measured] }, table } as const;
  profiles.write(file);
  return profileView(file);
}

function isWanted({ backend, threads }: Pick<DeviceProfile, 'backend' | 'threads'>, request: ProfileRequest): boolean {
  return backend === request.backend && (request.threads === undefined || threads === request.threads);
}

function sampledSpace(context: LabContext, { space: spaceId, experiment, preset, input }: ProfileRequest) {
  const sized = (usual: readonly number[]): readonly number[] => (input === undefined ? usual : [...input, 3]);
  if (experiment !== undefined) {
    const { system, config } = findExperiment(context.reading(), experiment);
    const stored = config as unknown as Pick<SearchConfig, 'data'> & { readonly space: Architecture['settings'] };
    return { space: findSpace(system), settings: stored.space, input: sized([...rankingSize(stored), 3]) };
  }
  if (preset !== undefined) {
    const config = parseSearchConfig({ preset });
    return { space: spaceOf(config), settings: config.space, input: sized([...rankingSize(config), 3]) };
  }
  const space = findSpace(spaceId ?? 'hr-nas');
  return { space, settings: space.defaultSettings, input: sized(space.defaultInput(space.defaultSettings)) };
}

/** Up to `count` different architectures. */
function distinct(count: number, sample: (i: number) => Architecture): readonly Architecture[] {
  const found = new Map<string, Architecture>();
  for (let i = 0; found.size < count && i < 20 * count; i++) {
    const arch = sample(i);
    found.set(architectureHash(arch), arch);
  }
  return [...found.values()];
}
