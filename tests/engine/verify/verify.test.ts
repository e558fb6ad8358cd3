import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend, type Backend } from '../../../engine/backend/backend.ts';
import * as tf from '../../../engine/backend/tf.ts';
import { estimate } from '../../../engine/cost/estimate.ts';
import { passes } from '../../../engine/verify/check.ts';
import { defaultVerifyOptions, verifyGolden } from '../../../engine/verify/verify.ts';
import { hrNasArchitecture, hrNasNetwork } from '../../../engine/verify/hr-nas-network.ts';
import { parseGoldenFile, type GoldenFile } from '../../../engine/verify/golden-file.ts';

const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'reference');

function read(file: string): GoldenFile {
  return parseGoldenFile(JSON.parse(readFileSync(join(folder, file), 'utf8')), file);
}

/** The content of cityscapes-cs2 with another value at a dotted path; undefined takes the entry out. */
function damaged(path: string, value?: unknown): unknown {
  const golden = JSON.parse(readFileSync(join(folder, 'hr-nas/cityscapes-cs2.json'), 'utf8')) as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop()!;
  const parent = keys.reduce<unknown>((part, key) => (part as Record<string, unknown>)[key], golden) as Record<string, unknown>;
  expect(parent, path).toHaveProperty([last]);
  if (value !== undefined) parent[last] = value;
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete parent[last];
  return golden;
}

let backend: Backend;
beforeAll(async () => {
  backend = await openBackend('cpu');
});

const structureOnly = { training: false, maxForwardMacs: 0, mode: 'eager' } as const;

describe('golden files on the reference backend', () => {
  it('slow: cityscapes-cs2 passes, its forward passes compared, training left out and said so', async () => {
    const before = tf.memory().numTensors;
    const result = await verifyGolden('cs2', read('hr-nas/cityscapes-cs2.json'), defaultVerifyOptions(backend));
    expect(result.checks.filter((check) => !passes(check))).toEqual([]);
    expect(result.pass).toBe(true);
    expect(result.checks.map((check) => check.what)).toContain('output 0 at 1x3x96x160, in standard deviations');
    expect(result.skipped).toEqual(['train: training', 'trainSmallStep: training']);
    expect(tf.memory().numTensors).toBe(before);
  }, 180_000);

  it.each(['cityscapes-supernet', 'cityscapes-supernet-transformer'])(
    'slow: %s: structure exact, forward passes too large for cpu are named',
    async (name) => {
      const result = await verifyGolden(name, read(`hr-nas/${name}.json`), defaultVerifyOptions(backend));
      expect(result).toMatchObject({ pass: true, worst: { deviation: 0, allowed: 0 } });
      expect(result.skipped[0]).toMatch(/forward pass at 1x3x64x128: \d+ MACs/);
    },
  );

  it.each<[string, (golden: Record<string, unknown>) => void, RegExp]>([
    [
      'a parameter under another name',
      (golden) => ((golden['parameters'] as unknown[])[7] = ['stem.bias', [24], 'norm_weight']),
      /names, order/,
    ],
    ['two parameters in another order', (golden) => (golden['parameters'] as unknown[]).reverse(), /names, order/],
    ['another number of parameters', (golden) => (golden['paramCount'] = 2_183_177), /number of parameters/],
    ['another number of buffers', (golden) => (golden['bufferCount'] = 1), /number of buffers/],
    ['another epsilon', (golden) => ((golden['norms'] as { eps: number }[])[0]!.eps = 1e-5), /norms/],
    ['other MACs', (golden) => ((golden['macsAtOtherSizes'] as { macs: number }[])[0]!.macs = 1), /MACs at 1x3x224x224/],
  ])('%s fails, and is what is reported as worst', async (_, damage, what) => {
    const golden = structuredClone(read('hr-nas/cityscapes-cs2.json')) as unknown as Record<string, unknown[]>;
    golden['eval'] = golden['eval']!.slice(0, 1);
    golden['macsAtOtherSizes'] = golden['macsAtOtherSizes']!.slice(0, 1);
    damage(golden);
    const result = await verifyGolden('damaged', golden, structureOnly);
    expect(result.pass).toBe(false);
    expect(result.worst.what).toMatch(what);
  });

  it.each<[string, unknown, RegExp]>([
    ['no object', [], /no golden file of a network/],
    ['an object without anything else', { system: 'hr-nas' }, /file: .*net: .*parameters: .*paramCount: /],
    ['a text among outputs', damaged('eval.0.outputs.0.values.3', 'x'), /file: .*eval\.0\.outputs\.0\.values\.3: .*expected number/],
    ['fewer values than positions', damaged('eval.0.outputs.0.values.3'), /eval\.0\.outputs\.0: must have as many values as indices/],
    [
      'a position beyond the output',
      damaged('eval.0.outputs.0.indices.3', 9728),
      /eval\.0\.outputs\.0: must have indices within the shape/,
    ],
    ['an input of three axes', damaged('eval.0.inputShape.3'), /eval\.0\.inputShape/],
    ['a training without its float32 figures', damaged('train.float32'), /train\.float32: /],
    ['two losses', damaged('trainSmallStep.losses.2'), /trainSmallStep\.losses: /],
    ['another optimiser', damaged('train.optimizer.type', 'Adam'), /train\.optimizer\.type: .*SGD/],
    ['a gradient without deviation', damaged('train.gradientsStep1.2.std', 0), /train\.gradientsStep1\.2\.std: /],
    ['a parameter without a kind', damaged('parameters.4.2'), /parameters\.4/],
    ['an unknown system', { ...read('hr-nas/cityscapes-cs2.json'), system: 'once-for-all' }, /no system 'once-for-all' yet; known: hr-nas/],
    ['a system named like a method', { ...read('hr-nas/cityscapes-cs2.json'), system: 'toString' }, /no system 'toString'/],
    ['a metrics file', JSON.parse(readFileSync(join(folder, 'metrics', 'cityscapes-a.json'), 'utf8')), /no golden file of a network/],
    [
      'a configuration that is no network',
      { ...read('hr-nas/cityscapes-cs2.json'), config: { num_classes: 0 } },
      /settings.classes must be/,
    ],
  ])('%s is refused', async (_, value, message) => {
    await expect(verifyGolden('file', value, structureOnly)).rejects.toThrow(message);
  });
});

describe('networks of golden files', () => {
  const cs2 = read('hr-nas/cityscapes-cs2.json');
  const withArchitecture = (config: object, architecture: object): GoldenFile => ({
    ...cs2,
    config: { ...cs2.config, ...config },
    architecture: { ...architecture },
  });

  it('the classification supernet and the released ImageNet network, from official terms', () => {
    const config = { task: 'classification', num_classes: 1000, last_channel: 1600, head_channels: [36, 72, 144, 320] };
    const supernet = withArchitecture(config, { blockForm: 'search', blocks: 'full (4 x C_in per kernel)', transformer: false });
    const { params, macs } = estimate(hrNasNetwork(supernet)([224, 224, 3]));
    expect({ params, macs }).toEqual({ params: 13_243_868, macs: 2_422_799_760 });
    const fused = withArchitecture({ ...config, active_fn: 'nn.Swish' }, { blockForm: 'fused', blocks: 'full', transformer: false });
    expect(hrNasArchitecture(fused).settings).toMatchObject({ blockForm: 'fused', activation: 'swish' });
  });

  it('tokens as a number for every site, everywhere', () => {
    const golden = withArchitecture({}, { blocks: 'full', transformer: true, downsamplingTransformer: true, tokens: '64 at every site' });
    expect(estimate(hrNasNetwork(golden)([224, 224, 3])).params).toBe(13_887_971);
    const arch = hrNasArchitecture(withArchitecture({}, { blocks: 'full', transformer: true, tokens: '8 at every site' }));
    expect(arch.choices['fuse0.0.0.tokens']).toBe(8);
  });

  it('blocks in the exported notation', () => {
    const blocks = (cs2.architecture!['blocks'] as number[][]).map((hidden) => [0, 1, 1, [3, 5, 7], hidden, true]);
    expect(hrNasArchitecture(withArchitecture({}, { ...cs2.architecture, blocks })).choices).toEqual(hrNasArchitecture(cs2).choices);
  });
});
