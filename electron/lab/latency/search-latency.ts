import { StoreError } from '../../../db/store.ts';
import { predictLatency } from '../../../engine/cost/latency-model.ts';
import type { LatencyModel } from '../../../engine/cost/latency-model.ts';
import { rngFor } from '../../../engine/rng.ts';
import type { SearchConfig } from '../../../engine/search/config.ts';
import { latencyGraph, rankingSize, spaceOf, trialSettings } from '../../../engine/search/network.ts';
import { DeviceProfiles, profileView } from './profiles.ts';

/** Random networks that are asked about before a search begins. */
const asked = 40;

/**
 * What predicts latencies in a search, from the profile that its config names; undefined where it names none. It is kept with the experiment, so
 * that measuring the device again changes nothing in a search that has begun. StoreError 'unknown-profile', 'profile-too-small' (no predictor),
 * 'profile-does-not-fit' (it lacks layers of all random networks of the search at its size).
 */
export function searchLatency(home: string, config: SearchConfig): LatencyModel | undefined {
  const id = 'latencyProfile' in config.strategy ? config.strategy.latencyProfile : '';
  if (id === '') return undefined;
  const file = new DeviceProfiles(home).find(id);
  const { predictor, networks, device, backend } = profileView(file);
  if (predictor === undefined) {
    throw new StoreError('profile-too-small', `strategy.latencyProfile: ${id} has ${networks.length} networks; a prediction needs four.`, {
      tip: extending(config),
    });
  }
  const layers = Object.fromEntries(file.table.map(({ signature, meanMs }) => [signature, meanMs]));
  const { factor, errorMs } = predictor;
  const model: LatencyModel = { profile: id, device: `${device}, ${backend}`, factor, errorMs, layers };
  if (predictableShare(config, model) > 0) return model;
  const size = rankingSize(config).join('x');
  throw new StoreError('profile-does-not-fit', `strategy.latencyProfile: ${id} lacks layers of each of ${asked} random networks at ${size}.`, {
    tip: extending(config),
  });
}

/** Of random networks of the search's space. */
function predictableShare(config: SearchConfig, model: LatencyModel): number {
  const space = spaceOf(config);
  let known = 0;
  for (let i = 0; i < asked; i++) {
    const arch = space.canonical(space.sample(trialSettings(config), rngFor(config.seed, 'predictable', i)));
    if ('ms' in predictLatency(latencyGraph(config, arch), model)) known++;
  }
  return known / asked;
}

function extending({ preset }: SearchConfig): string {
  return (
    `Measure more networks: lab profile-device ${preset} --networks 40. Where choices are numbers of channels (HR-NAS) nearly every network has ` +
    'layers of its own, and no table predicts them: limit the MACs there.'
  );
}
