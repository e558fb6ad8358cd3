import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend, type Backend } from '../../../engine/backend/backend.ts';
import * as tf from '../../../engine/backend/tf.ts';
import { liteHrNetCounts } from '../../../engine/spaces/lite-hrnet/counts.ts';
import { passes } from '../../../engine/verify/check.ts';
import { parseGoldenFile, type GoldenFile } from '../../../engine/verify/golden-file.ts';
import { liteHrNetNetwork } from '../../../engine/verify/lite-hrnet-network.ts';
import { defaultVerifyOptions, verifyGolden } from '../../../engine/verify/verify.ts';

const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'reference', 'lite-hrnet');
const nets = ['lite-hrnet-18-coco', 'naive-lite-hrnet-18-coco'];

function read(net: string): unknown {
  return JSON.parse(readFileSync(join(folder, `${net}.json`), 'utf8'));
}

let backend: Backend;
beforeAll(async () => {
  backend = await openBackend('wasm');
});

describe('golden files of Lite-HRNet on wasm', () => {
  it.each(nets)(
    'slow: %s passes: structure, forward passes at both sizes, gradients, three training steps; nothing is left in memory',
    async (net) => {
      const before = tf.memory().numTensors;
      const result = await verifyGolden(net, read(net), defaultVerifyOptions(backend));
      expect(result.checks.filter((check) => !passes(check))).toEqual([]);
      expect(result).toMatchObject({ pass: true, skipped: [], absent: [] });
      const compared = [
        'output 0 at 1x3x128x96, in standard deviations',
        'output 0 at 1x3x256x192, in standard deviations',
        'train: loss of step 1, relative',
        'trainSmallStep: loss of step 3, relative',
        'trainSmallStep: backbone.stem.conv1.bn.running_mean after step 3, in standard deviations',
      ];
      expect(result.checks.map((check) => check.what)).toEqual(expect.arrayContaining(compared));
      expect(tf.memory().numTensors).toBe(before);
    },
    180_000,
  );

  it.each(nets)('%s: MACs as executed and of every convolution once, at both sizes', (net) => {
    const golden = read(net) as GoldenFile & { eval: { inputShape: number[]; macs: number; macsEachLayerOnce: number }[] };
    const network = liteHrNetNetwork(parseGoldenFile(golden, net));
    for (const { inputShape, macs, macsEachLayerOnce } of golden.eval) {
      const counts = liteHrNetCounts(network([inputShape[2]!, inputShape[3]!, 3]));
      expect(counts).toMatchObject({ macsAsExecuted: macs, macsOnce: macsEachLayerOnce });
    }
  });

  it('a plain sum in place of the released one is noticed: other outputs, modules that differ from the first fusion on', async () => {
    const golden = read('lite-hrnet-18-coco') as { config: object; eval: { macs: number; macsEachLayerOnce: number }[] };
    const [small] = golden.eval as [(typeof golden.eval)[number]];
    const config = { ...golden.config, fuseQuirk: false };
    const plain = { ...golden, config, eval: [{ ...small, macs: small.macsEachLayerOnce }] };
    const result = await verifyGolden('plain', plain, { ...defaultVerifyOptions(backend), training: false });
    expect(result.pass).toBe(false);
    const failed = result.modules!.filter((check) => !passes(check)).map((check) => check.what);
    expect(failed[0]).toBe('statistics of backbone.stage0.0, output 0');
  });

  it.each<[string, unknown, RegExp]>([
    ['no configuration', undefined, /cannot be built from the file: lite-hrnet: .* an object was expected/],
    ['another backbone', { backbone: { type: 'HRNet' }, keypoint_head: {} }, /backbone.type must be "LiteHRNet"/],
  ])('%s is refused with the name of the network', (_, config, message) => {
    const golden = { ...parseGoldenFile(read('lite-hrnet-18-coco'), 'file') };
    const { config: _config, ...rest } = golden;
    const damaged = (config === undefined ? rest : { ...rest, config }) as GoldenFile;
    expect(() => liteHrNetNetwork(damaged)).toThrow(message);
    expect(() => liteHrNetNetwork(damaged)).toThrow(/^lite-hrnet-18-coco: /);
  });
});
