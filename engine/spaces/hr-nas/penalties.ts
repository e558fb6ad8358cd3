import type { Architecture } from '../search-space.ts';
import { blocks, blockSizes, type HrNasBlock, type Size } from './blocks.ts';
import { tokenWidth } from './graph-transformer.ts';
import { withDefaults } from './settings.ts';

/**
 * 'paper-code': a transformer costs what the released profiler counts, which leaves out the decoder's attention and nearly all of the
 * feed-forward layers.
 * 'corrected': true costs, both in the normaliser and in every penalty (decisions.md 4). Convolutions are the same in both.
 */
export type PenaltyMode = 'paper-code' | 'corrected';

export interface PenaltyOptions {
  readonly mode: PenaltyMode;
  /** [height, width] of the profile; the released code uses 224x224 for every task. */
  readonly profileSize: Size;
}

export const defaultPenaltyOptions: PenaltyOptions = { mode: 'paper-code', profileSize: [224, 224] };

/** The penalties of one block; multiplied with |gamma| and lambda they are added to the loss. */
export interface BlockPenalties {
  readonly block: string;
  /** By alive kernel, in the order of `blocks(arch)`: MACs of one atom, and its penalty. Never updated. */
  readonly kernels: readonly { readonly kernel: number; readonly gamma: string; readonly atomMacs: number; readonly penalty: number }[];
  /** Of every token of the block's transformer while `alive` tokens have gamma > 1e-3 (signed); recomputed at every step. */
  readonly tokens: { readonly gamma: string; readonly penalty: (alive: number) => number } | undefined;
}

export interface Penalties {
  /** Mean cost of a unit (atom or token) of the network the search starts from; MACs. */
  readonly normaliser: number;
  readonly units: number;
  readonly blocks: readonly BlockPenalties[];
}

/** MACs of one atom: a row of the expansion, one filter, a column of the projection (section 4.3). */
export function atomMacs(block: HrNasBlock, kernel: number, sizes: { readonly input: Size; readonly output: Size }): number {
  const inputArea = sizes.input[0] * sizes.input[1];
  const outputArea = sizes.output[0] * sizes.output[1];
  return block.cIn * inputArea + (kernel * kernel + block.cOut) * outputArea;
}

/** True MACs of a transformer with n tokens (section 3). */
export function transformerMacs(cIn: number, cOut: number, n: number): number {
  const d = tokenWidth;
  return 12 * n * d * d + 4 * n * n * d + n * d * (cIn + cOut + 2);
}

/** What the released profiler counts for it (section 4.3). */
export function profiledTransformerMacs(cIn: number, cOut: number, n: number): number {
  const d = tokenWidth;
  return n * d * (cIn + cOut + 2) + 4 * n * d * d + 2 * n * n * d + 4 * n;
}

/** MACs of one more token when `alive` are there, by mode; `initial` = tokens at the start. */
function tokenMacs(mode: PenaltyMode, block: HrNasBlock, initial: number, alive: number): number {
  const d = tokenWidth;
  if (mode === 'corrected') return 12 * d * d + d * (block.cIn + block.cOut + 2) + 4 * d * (2 * alive - 1);
  const linear = (profiledTransformerMacs(block.cIn, block.cOut, initial) - 2 * d * initial * initial) / initial;
  const before = Math.max(alive - 1, 0);
  return linear + 2 * d * (alive * alive - before * before);
}

/**
 * Penalties of every unit of the architecture from which a search starts; they hold for the whole search
 * (atoms keep theirs when the network shrinks).
 */
export function penalties(initial: Architecture, options: PenaltyOptions = defaultPenaltyOptions): Penalties {
  const settings = withDefaults(initial.settings);
  const transformerCost = options.mode === 'corrected' ? transformerMacs : profiledTransformerMacs;
  let units = 0;
  let total = 0;
  const costed = blocks(initial).map((block) => {
    const sizes = blockSizes(settings, block, options.profileSize);
    const atoms = block.kernels.map((path) => ({ ...path, macs: atomMacs(block, path.kernel, sizes) }));
    for (const { hidden, macs } of atoms) {
      units += hidden;
      total += hidden * macs;
    }
    units += block.tokens;
    if (block.tokens > 0) total += transformerCost(block.cIn, block.cOut, block.tokens);
    return { block, atoms };
  });
  const normaliser = total / (units + 1e-5);
  return {
    normaliser,
    units,
    blocks: costed.map(({ block, atoms }) => ({
      block: block.name,
      kernels: atoms.map(({ kernel, gamma, macs }) => ({ kernel, gamma, atomMacs: macs, penalty: macs / normaliser })),
      tokens:
        block.tokenGamma === undefined
          ? undefined
          : { gamma: block.tokenGamma, penalty: (alive) => tokenMacs(options.mode, block, block.tokens, alive) / normaliser },
    })),
  };
}
