import { describe, expect, it } from 'vitest';
import { aliveParts, countLiveTokens, decideShrink, type ReadWeight } from '../../../engine/search/shrink-rule.ts';
import { blocks } from '../../../engine/spaces/hr-nas/blocks.ts';
import { hrNas } from '../../../engine/spaces/hr-nas/hr-nas.ts';
import { penalties } from '../../../engine/spaces/hr-nas/penalties.ts';

/** One branch, three blocks (fuse0.0.0, par0.0.0, transform), two atoms a kernel and three tokens. */
const settings = {
  classes: 3,
  stem: [2, 2],
  stages: [[1, [1], [2]]],
  expandRatio: [1, 1],
  kernelSizes: [3, 5],
  lastChannels: 4,
  tokens: 3,
};
const arch = hrNas.largest(settings);
const costs = penalties(arch);
const [first] = blocks(arch);
const [k3, k5] = first!.kernels;

/** All factors 1 except those given. */
const factors =
  (special: Readonly<Record<string, readonly number[]>>): ReadWeight =>
  (name) =>
    special[name] ?? (name.includes('input_norm') ? [1, 1, 1] : [1, 1]);

const rule = { threshold: 1e-3, minPrunedMacs: 1 };
const cost = (kernel: number): number => costs.blocks[0]!.kernels.find((k) => k.kernel === kernel)!.atomMacs;

describe('decideShrink', () => {
  it('an atom at or below the threshold in weights and average goes; sign does not matter', () => {
    const dead = factors({ [k3!.gamma]: [-1e-3, -0.5], [k5!.gamma]: [0, 1e-4] });
    const decision = decideShrink(arch, costs, rule, dead, dead, false);
    expect(decision.keep![first!.name]).toEqual({ kernels: { 3: [1], 5: [] } });
    expect(decision).toMatchObject({ deadAtoms: 3, removedAtoms: 3, deadMacs: cost(3) + 2 * cost(5) });
  });

  it('on the way alive weights keep an atom whose average is dead; at the end only the average counts', () => {
    const average = factors({ [k3!.gamma]: [0, 1] });
    const weights = factors({ [k3!.gamma]: [0.3, 0] });
    expect(decideShrink(arch, costs, rule, weights, average, false)).toMatchObject({ keep: undefined, deadAtoms: 1, removedAtoms: 0 });
    expect(decideShrink(arch, costs, rule, weights, average, true).keep![first!.name]!.kernels![3]).toEqual([1]);
  });

  it('below the least pruned MACs nothing is cut out, exactly at it it is, and the end always cuts', () => {
    const dead = factors({ [k3!.gamma]: [0, 1] });
    const at = (minPrunedMacs: number, isLast: boolean) => decideShrink(arch, costs, { ...rule, minPrunedMacs }, dead, dead, isLast).keep;
    expect(at(cost(3) + 1, false)).toBeUndefined();
    expect(at(cost(3), false)).toBeDefined();
    expect(at(1e12, true)).toBeDefined();
  });

  it('nothing dead: nothing to cut, also at the end', () => {
    expect(decideShrink(arch, costs, rule, factors({}), factors({}), true)).toEqual({
      keep: undefined,
      deadMacs: 0,
      deadAtoms: 0,
      removedAtoms: 0,
    });
  });

  it('tokens are never cut out of the training network', () => {
    const dead = factors({ [first!.tokenGamma!]: [0, 0, 0], [k3!.gamma]: [0, 1] });
    expect(decideShrink(arch, costs, rule, dead, dead, true).keep![first!.name]!.tokens).toBeUndefined();
  });
});

it('aliveParts: atoms by absolute value, tokens by sign', () => {
  const average = factors({ [k3!.gamma]: [-0.5, 0], [first!.tokenGamma!]: [-0.5, 0.5, 1e-3] });
  expect(aliveParts(arch, 1e-3, average)[first!.name]).toEqual({ kernels: { 3: [0], 5: [0, 1] }, tokens: [1] });
  expect(countLiveTokens([-0.5, 0.5, 1e-3, 2], 1e-3)).toBe(2);
});
