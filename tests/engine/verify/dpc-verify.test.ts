import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend, type Backend } from '../../../engine/backend/backend.ts';
import * as tf from '../../../engine/backend/tf.ts';
import { passes } from '../../../engine/verify/check.ts';
import { dpcNetwork } from '../../../engine/verify/dpc-network.ts';
import { parseDpcReference } from '../../../engine/verify/dpc-reference.ts';
import { checkDpcStructure } from '../../../engine/verify/dpc-verify.ts';
import { defaultVerifyOptions, verifyGolden } from '../../../engine/verify/verify.ts';

const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'reference', 'dpc');
const read = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Record<string, unknown>;
const small = (change: Record<string, unknown> = {}): Record<string, unknown> => ({ ...read('top1-small'), ...change });

let backend: Backend;
beforeAll(async () => {
  backend = await openBackend('wasm');
});

describe('reference files of DPC', () => {
  it.each(['aspp', 'mobilenet-v2-os16', 'mobilenet-v2-os16-even', 'random-a', 'top1', 'top1-small'])('%s: structure exact', (name) => {
    const reference = parseDpcReference(read(name), name);
    const [, ...shape] = reference.input.shape;
    expect(checkDpcStructure(reference, dpcNetwork(reference)(shape)).filter((check) => !passes(check))).toEqual([]);
  });

  it('top1-small passes, every branch compared, and nothing is left in memory', async () => {
    const before = tf.memory().numTensors;
    const result = await verifyGolden('small', small(), defaultVerifyOptions(backend));
    expect(result.checks.filter((check) => !passes(check))).toEqual([]);
    expect(result).toMatchObject({ pass: true, skipped: [], absent: ['train', 'trainSmallStep'] });
    expect(result.checks.map((check) => check.what)).toEqual(
      expect.arrayContaining(["output 'branch4', absolute", "output 'projection before ReLU', absolute", "output 'cell', absolute"]),
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  it('a forward pass that is too large for the backend is named', async () => {
    const result = await verifyGolden('top1', read('top1'), { ...defaultVerifyOptions(backend), maxForwardMacs: 100e6 });
    expect(result).toMatchObject({ pass: true, skipped: ['forward pass at 1x33x65x24: 1298583000 MACs'] });
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['another number of kernel values', { convParams: 3081 }, /convolution kernels/],
    ['another number of running statistics', { runningCount: 1 }, /running statistics/],
    ['another epsilon', { batchNormEpsilon: [1e-3] }, /epsilons/],
    ['other MACs', { macs: 1 }, /^MACs/],
    ['another factor on the rates', { rateMultiplier: 2 }, /factor on the rates/],
    ['a layer less', { layers: (read('top1-small')['layers'] as unknown[]).slice(1) }, /of the layers/],
    ['parameters in another order', { parameters: (read('top1-small')['parameters'] as unknown[]).toReversed() }, /names, order/],
  ])('%s fails, and is what is reported as worst', async (_, change, what) => {
    const result = await verifyGolden('damaged', small(change), defaultVerifyOptions(backend));
    expect(result.pass).toBe(false);
    expect(result.worst.what).toMatch(what);
  });

  it.each<[string, (figures: { values: number[]; mean: number }) => void, string]>([
    ['a value', (figures) => (figures.values[3]! += 3e-5), 'largest at value'],
    ['a mean', (figures) => (figures.mean += 3e-5), 'largest at mean'],
  ])('%s of one output that is off by 3e-5 fails, and says where', async (_, damage, detail) => {
    const file = small();
    damage((file['outputs'] as Record<string, { values: number[]; mean: number }>)['branch2']!);
    const result = await verifyGolden('damaged', file, defaultVerifyOptions(backend));
    const failed = result.checks.filter((check) => !passes(check));
    expect(failed.map((check) => check.what)).toEqual(["output 'branch2', absolute"]);
    expect(failed[0]!.detail).toContain(detail);
  });

  it('an output that the network does not have fails', async () => {
    const { cell } = small()['outputs'] as Record<string, unknown>;
    const result = await verifyGolden('damaged', small({ outputs: { cell, decoder: cell } }), defaultVerifyOptions(backend));
    expect(result.worst.what).toBe('outputs that the network does not have');
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['another network', { network: 'resnet_v1' }, /file: .*network: /],
    ['a crop of one number', { cropSize: [257] }, /cropSize/],
    ['a cell that is no list', { architecture: 'top1' }, /a list of branches was expected/],
    ['a whole network without classes', { network: 'mobilenet_v2' }, /top1-small: a whole network needs the number of classes/],
  ])('%s is refused', async (_, change, message) => {
    await expect(verifyGolden('file', small(change), defaultVerifyOptions(backend))).rejects.toThrow(message);
  });

  it('networks and rates that no file has: Xception at output stride 8, rates beyond the space', () => {
    const reference = parseDpcReference(read('mobilenet-v2-os16'), 'file');
    const architecture = [{ op: 'conv', kernel: 3, rate: [2, 24], input: -1 }];
    const graph = dpcNetwork({ ...reference, network: 'xception_41', architecture, outputStride: 8 })([65, 129, 3]);
    const branch = graph.nodes.find((node) => node.scope === 'cell.branch0')!;
    expect([branch.attrs['dilation'], branch.shape]).toEqual([
      [4, 48],
      [9, 17, 2048],
    ]);
    expect(graph.nodes.at(-1)!.shape).toEqual([9, 17, 19]);
  });
});
