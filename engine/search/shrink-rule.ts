import { blocks, type HrNasBlock } from '../spaces/hr-nas/blocks.ts';
import type { Penalties } from '../spaces/hr-nas/penalties.ts';
import type { KeepBlock } from '../spaces/hr-nas/shrink.ts';
import type { Architecture } from '../spaces/search-space.ts';

/** Values of a weight by its official name. */
export type ReadWeight = (name: string) => ArrayLike<number>;

export interface ShrinkRule {
  /** A factor whose absolute value is at most this is dead. */
  readonly threshold: number;
  /** Nothing is cut out while the dead atoms' MACs (by the profile of the first network) are fewer, except at the end. */
  readonly minPrunedMacs: number;
}

export interface ShrinkDecision {
  /** By block; undefined when nothing is cut out now. */
  readonly keep: Readonly<Record<string, KeepBlock>> | undefined;
  /** By the moving average: MACs and number of dead atoms. */
  readonly deadMacs: number;
  readonly deadAtoms: number;
  readonly removedAtoms: number;
}

/**
 * Which atoms are cut out of the network that goes on training (HR-NAS spec 4.4, steps 1 to 3): an atom is dead when its factor in the moving
 * average is at most the threshold; it survives when its factor in the weights or in the average is above it, at the end only by the average.
 * Tokens stay: only their penalty follows the number of live ones.
 */
export function decideShrink(
  arch: Architecture,
  penalties: Penalties,
  rule: ShrinkRule,
  weights: ReadWeight,
  average: ReadWeight,
  isLast: boolean,
): ShrinkDecision {
  let [deadMacs, deadAtoms, removedAtoms] = [0, 0, 0];
  const keep: Record<string, KeepBlock> = {};
  const costs = new Map(penalties.blocks.map((block) => [block.block, new Map(block.kernels.map((k) => [k.kernel, k.atomMacs]))]));
  for (const block of blocks(arch)) {
    const kernels: Record<number, readonly number[]> = {};
    for (const { kernel, hidden, gamma } of block.kernels) {
      const byAverage = positions(average(gamma), (factor) => Math.abs(factor) > rule.threshold);
      deadAtoms += hidden - byAverage.length;
      deadMacs += (hidden - byAverage.length) * (costs.get(block.name)?.get(kernel) ?? 0);
      kernels[kernel] = isLast
        ? byAverage
        : union(
            byAverage,
            positions(weights(gamma), (factor) => Math.abs(factor) > rule.threshold),
          );
      removedAtoms += hidden - kernels[kernel].length;
    }
    keep[block.name] = { kernels };
  }
  const cuts = (isLast || deadMacs >= rule.minPrunedMacs) && removedAtoms > 0;
  return { keep: cuts ? keep : undefined, deadMacs, deadAtoms, removedAtoms: cuts ? removedAtoms : 0 };
}

/**
 * What is alive by the moving average: the network that a trial evaluates. Tokens count as the penalty counts them, by their sign
 * (spec 4.3), and are left out here, so that MACs and mIoU belong to the same network.
 */
export function aliveParts(arch: Architecture, threshold: number, average: ReadWeight): Readonly<Record<string, KeepBlock>> {
  return Object.fromEntries(blocks(arch).map((block) => [block.name, aliveInBlock(block, threshold, average)]));
}

function aliveInBlock(block: HrNasBlock, threshold: number, average: ReadWeight): KeepBlock {
  const kernels = block.kernels.map(
    ({ kernel, gamma }) => [kernel, positions(average(gamma), (factor) => Math.abs(factor) > threshold)] as const,
  );
  const tokens = block.tokenGamma === undefined ? undefined : positions(average(block.tokenGamma), (factor) => factor > threshold);
  return { kernels: Object.fromEntries(kernels), ...(tokens && { tokens }) };
}

/** Tokens of a unit that its penalty counts as alive: signed comparison, unlike for atoms (spec 10.7). */
export function countLiveTokens(factors: ArrayLike<number>, threshold: number): number {
  return positions(factors, (factor) => factor > threshold).length;
}

function positions(factors: ArrayLike<number>, isAlive: (factor: number) => boolean): number[] {
  const result: number[] = [];
  for (let i = 0; i < factors.length; i++) if (isAlive(factors[i]!)) result.push(i);
  return result;
}

/** Ascending. */
function union(a: readonly number[], b: readonly number[]): number[] {
  return [...new Set([...a, ...b])].sort((x, y) => x - y);
}
