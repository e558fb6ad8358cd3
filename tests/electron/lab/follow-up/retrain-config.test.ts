import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../db/store.ts';
import { retrainConfig } from '../../../../electron/lab/follow-up/retrain-config.ts';
import { findPublished } from '../../../../engine/catalog.ts';
import type { Architecture } from '../../../../engine/spaces/search-space.ts';

const top1 = findPublished('dpc:top1');
const config = (space: Architecture['settings'] = {}): Json =>
  JSON.parse(JSON.stringify({ preset: 'dpc', space, strategy: { trials: 30, steps: 7, retrain: { top: 2, steps: 11 } } })) as Json;
const file = '/experiments/a/trial-0003.safetensors';

describe('retraining what a proxy task found', () => {
  it('trains the whole network, from where the proxy task left it, as long as the search trains its best', () => {
    const { proxy, strategy } = retrainConfig(config(), { arch: top1, file }, {});
    expect(proxy).toEqual({ id: 'none' });
    expect(strategy).toMatchObject({ id: 'fixed', weights: file, steps: 11, arch: { choices: top1.choices } });
    expect(retrainConfig(config(), { arch: top1, file: undefined }, { steps: 5 }).strategy).toMatchObject({ weights: '', steps: 5 });
  });

  it('with a decoder that the proxy task left out it is another network: from new weights', () => {
    const { strategy } = retrainConfig(config({ decoder: true }), { arch: top1, file }, {});
    expect(strategy).toMatchObject({ weights: '', arch: { settings: { decoder: true }, choices: top1.choices } });
  });
});

it('a network of another search begins from new weights', () => {
  const arch = findPublished('hr-nas:cs2');
  const given = { preset: 'desktop', space: arch.settings, strategy: { id: 'random', steps: 9 } } as unknown as Json;
  expect(retrainConfig(given, { arch, file }, {}).strategy).toMatchObject({ id: 'fixed', weights: '', steps: 9 });
});
