import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../../engine/backend/backend.ts';
import * as tf from '../../../../engine/backend/tf.ts';
import { inferenceMode, run } from '../../../../engine/run/run.ts';
import { fillValues } from '../../../../engine/run/fill.ts';
import { Weights } from '../../../../engine/run/weights.ts';
import { blocks } from '../../../../engine/spaces/hr-nas/blocks.ts';
import { hrNas } from '../../../../engine/spaces/hr-nas/hr-nas.ts';
import { shrinkPlan, type KeepBlock } from '../../../../engine/spaces/hr-nas/shrink.ts';
import type { Architecture } from '../../../../engine/spaces/search-space.ts';

beforeAll(async () => {
  await openBackend('cpu');
});

const settings = {
  stem: [4, 4],
  stages: [
    [1, [1], [4]],
    [2, [1, 1], [4, 6]],
  ],
  lastChannels: 6,
  classes: 3,
  tokens: 5,
  expandRatio: 2,
};
const search = { task: 'segmentation', ...settings };
const fused = { ...search, blockForm: 'fused', seRatio: 0.5 };
const input = [16, 24, 3] as const;

/** Atoms and tokens to drop: whole kernels, some atoms, some tokens, a whole block, a whole transformer. */
const keep: Record<string, KeepBlock> = {
  'fuse0.0.0': { kernels: { 3: [], 5: [0, 3, 7] }, tokens: [0, 2] },
  'par0.0.0': { kernels: { 3: [], 5: [], 7: [] } },
  'fuse1.new1': { kernels: { 5: [1], 7: [] } },
  'par1.0.0': { tokens: [] },
  'par1.1.0': { kernels: { 3: [11], 7: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] }, tokens: [4] },
  transform: { kernels: { 3: [5, 6], 5: [], 7: [19] } },
};

/** Output of the network on a fixed image. */
function outputOf(arch: Architecture, weights: Weights): number[] {
  return tf.tidy(() => {
    const x = tf.tensor(
      Float32Array.from({ length: 16 * 24 * 3 }, (_, i) => Math.sin(i)),
      [1, ...input],
    );
    return [...run(hrNas.graph(arch, input), weights, { input: x }, inferenceMode).outputs[0]!.dataSync()];
  });
}

/**
 * Silences atoms and tokens without removing them: a channel whose norm after the depth-wise convolution has gamma = beta = 0 is 0, so the
 * projection adds nothing. (The column of a token is silenced in `reverse_proj` only when attention ignores it, so tokens are left out here.)
 */
async function silence(arch: Architecture, weights: Weights): Promise<void> {
  for (const block of blocks(arch)) {
    for (const { kernel, hidden, gamma } of block.kernels) {
      const alive = keep[block.name]?.kernels?.[kernel] ?? Array.from({ length: hidden }, (_, i) => i);
      for (const name of [gamma, gamma.replace(/weight$/, 'bias')]) {
        const values = await weights.read(name);
        weights.write(
          name,
          values.map((value, i) => (alive.includes(i) ? value : 0)),
        );
      }
    }
  }
}

/** The elements of a weight in official layout that belong to the kept ones of five tokens: rows, or columns of the projection back. */
function tokensOf(values: Float32Array, name: string, kept: Readonly<Record<string, readonly number[]>>): Float32Array {
  const [module, suffix] = name.split('.transformer.') as [string, string?];
  const tokens = kept[module];
  if (tokens === undefined || suffix === undefined) return values;
  if (suffix === 'reverse_proj.weight') return values.filter((_, i) => tokens.includes(i % 5)); // [channels, 5, 1, 1]
  const isTokenRow = /^(input_proj|input_norm|query_embed)\./.test(suffix) && !suffix.endsWith('num_batches_tracked');
  const width = values.length / 5;
  return isTokenRow ? values.filter((_, i) => tokens.includes(Math.floor(i / width))) : values;
}

describe('shrinking', () => {
  it.each([
    ['search', search],
    ['fused', fused],
  ])('%s form: without dead atoms the network computes what it computed with them silenced', async (form, which) => {
    const largest = hrNas.largest({ ...which, transformer: false, tokens: 64 });
    const weights = new Weights(hrNas.graph(largest, input).weights, fillValues);
    await silence(largest, weights);
    const before = outputOf(largest, weights);

    const atomsOnly = Object.fromEntries(
      Object.entries(keep).map(([name, { kernels }]) => [name, kernels === undefined ? {} : { kernels }]),
    );
    // A norm over no projection at all gives its shift; the block without atoms drops it, so it is silenced as well.
    if (form === 'search')
      for (const suffix of ['weight', 'bias']) weights.write(`features.1.branches.0.0.pw_bn.${suffix}`, new Float32Array(4));
    else for (const suffix of ['weight', 'bias']) weights.write(`features.1.branches.0.0.project_conv.1.${suffix}`, new Float32Array(4));
    const silenced = outputOf(largest, weights);
    expect(silenced).not.toEqual(before);

    const plan = shrinkPlan(largest, atomsOnly);
    const graph = hrNas.graph(plan.arch, input);
    weights.shrink(graph.weights, plan.moves);
    const after = outputOf(plan.arch, weights);
    expect(Math.max(...after.map((value, i) => Math.abs(value - silenced[i]!)))).toBeLessThan(1e-4);
    weights.dispose();
  });

  it('tokens and kernels: new architecture, and moves for exactly the weights of its network in official order', () => {
    for (const which of [search, fused]) {
      const largest = hrNas.largest(which);
      const plan = shrinkPlan(largest, keep);
      expect(plan.arch.choices).toMatchObject({
        'fuse0.0.0.k3': 0,
        'fuse0.0.0.k5': 3,
        'fuse0.0.0.k7': 8,
        'fuse0.0.0.tokens': 2,
        'par0.0.0.k7': 0,
        'par1.0.0.tokens': 0,
        'par1.1.0.k3': 1,
        'par1.1.0.tokens': 1,
        'transform.k7': 1,
      });
      expect(hrNas.check(plan.arch)).toEqual([]);
      const names = hrNas.graph(plan.arch, input).weights.map((spec) => spec.name);
      expect(plan.moves.map((move) => move.to)).toEqual(names);
    }
  });

  it('where a dead kernel leaves the list, later ones move up with their buffers and counters', () => {
    const { moves } = shrinkPlan(hrNas.largest(search), keep);
    const from = (to: string): unknown => moves.find((move) => move.to === `features.0.fuse_layers.0.0.${to}`);
    expect(from('ops.0.1.0.weight')).toEqual({
      from: 'features.0.fuse_layers.0.0.ops.1.1.0.weight',
      to: 'features.0.fuse_layers.0.0.ops.0.1.0.weight',
      slices: [{ kind: 'indices', indices: [0, 3, 7] }, undefined, undefined, undefined],
    });
    expect(from('ops.1.0.1.running_var')).toEqual({
      from: 'features.0.fuse_layers.0.0.ops.2.0.1.running_var',
      to: 'features.0.fuse_layers.0.0.ops.1.0.1.running_var',
    });
    expect(from('ops.1.0.1.num_batches_tracked')).toMatchObject({ from: 'features.0.fuse_layers.0.0.ops.2.0.1.num_batches_tracked' });
    expect(from('ops.2.0.0.weight')).toBeUndefined();
    expect(from('transformer.reverse_proj.weight')).toMatchObject({
      slices: [undefined, { kind: 'indices', indices: [0, 2] }, undefined, undefined],
    });
    expect(from('transformer.encoder.linear1.weight')).not.toHaveProperty('slices');
  });

  it('slicing tokens computes what the smaller transformer computes that is filled by hand from the same arrays', async () => {
    const largest = hrNas.largest(search);
    const weights = new Weights(hrNas.graph(largest, input).weights, fillValues);
    const kept: Record<string, readonly number[]> = { 'features.0.fuse_layers.0.0': [1, 4], 'features.3.branches.1.0': [0, 2, 3] };
    const before = outputOf(largest, weights);
    const arrays = new Map<string, Float32Array>();
    for (const { name } of weights.specs) arrays.set(name, await weights.read(name));

    const plan = shrinkPlan(largest, { 'fuse0.0.0': { tokens: [1, 4] }, 'par1.1.0': { tokens: [0, 2, 3] } });
    const graph = hrNas.graph(plan.arch, input);
    const byHand = new Weights(graph.weights, ({ name }) => tokensOf(arrays.get(name)!, name, kept));
    weights.shrink(graph.weights, plan.moves);
    const [shrunk, expected] = [outputOf(plan.arch, weights), outputOf(plan.arch, byHand)];
    expect(shrunk).toEqual(expected);
    expect(Math.max(...shrunk.map((value, i) => Math.abs(value - before[i]!)))).toBeGreaterThan(1e-3);
    for (const { name } of graph.weights) expect(await weights.read(name), name).toEqual(await byHand.read(name));
    weights.dispose();
    byHand.dispose();
  });

  it('keeping everything changes nothing', () => {
    const largest = hrNas.largest(search);
    const plan = shrinkPlan(largest, {});
    expect(plan.arch).toEqual(hrNas.canonical(largest));
    expect(plan.moves.every((move) => move.from === move.to && move.slices === undefined)).toBe(true);
  });

  it('shrinking twice moves up twice', () => {
    const once = shrinkPlan(hrNas.largest(search), { 'fuse0.0.0': { kernels: { 3: [] } } });
    const twice = shrinkPlan(once.arch, { 'fuse0.0.0': { kernels: { 5: [], 7: [1, 2] } } });
    const move = twice.moves.find((entry) => entry.to === 'features.0.fuse_layers.0.0.ops.0.2.weight');
    expect(move).toMatchObject({
      from: 'features.0.fuse_layers.0.0.ops.1.2.weight',
      slices: [undefined, { kind: 'indices', indices: [1, 2] }, undefined, undefined],
    });
  });

  it.each<[string, Record<string, KeepBlock>, RegExp]>([
    ['a block that does not exist', { fuse9: {} }, /block 'fuse9'/],
    ['an atom that does not exist', { transform: { kernels: { 3: [20] } } }, /transform.k3: expected ascending positions from 0 to 19/],
    ['atoms out of order', { transform: { kernels: { 3: [2, 1] } } }, /ascending/],
    ['a repeated token', { 'fuse0.0.0': { tokens: [1, 1] } }, /fuse0.0.0.tokens/],
    ['a fraction', { 'fuse0.0.0': { tokens: [0.5] } }, /ascending/],
  ])('%s is refused', (_, given, message) => {
    expect(() => shrinkPlan(hrNas.largest(search), given)).toThrow(message);
  });
});
