import { EngineError } from '../../error.ts';
import type { AxisSlice, WeightSpec } from '../../graph/model-graph.ts';
import type { WeightMove } from '../../graph/weight-move.ts';
import type { Architecture } from '../search-space.ts';
import { blocks, kernelChoice, tokenChoice, type HrNasBlock } from './blocks.ts';
import { hrNas } from './hr-nas.ts';

/** What stays of one block: ascending positions among its present atoms (by kernel) and tokens. What is left out stays whole. */
export interface KeepBlock {
  readonly kernels?: Readonly<Record<number, readonly number[]>>;
  readonly tokens?: readonly number[];
}

export interface ShrinkPlan {
  readonly arch: Architecture;
  /** One move for every weight and buffer of the new network, in its official order. */
  readonly moves: readonly WeightMove[];
}

/** One weight's way from the old block to the new one: suffix after the module's name, and the axis that is sliced. */
interface Part {
  readonly from: string;
  readonly to: string;
  readonly axis: number;
  readonly keep: readonly number[];
}

/**
 * The smaller network and where its weights come from (specification section 4.4): a kernel whose atoms all die leaves the official list,
 * so later kernels move up one position. Throws EngineError 'bad-shrink' for positions that do not exist.
 */
export function shrinkPlan(arch: Architecture, keep: Readonly<Record<string, KeepBlock>>): ShrinkPlan {
  const list = blocks(arch);
  const unknown = Object.keys(keep).find((name) => !list.some((block) => block.name === name));
  if (unknown !== undefined) throw new EngineError('bad-shrink', `hr-nas: shrinking block '${unknown}', which the network does not have.`);

  const choices: Record<string, number> = { ...arch.choices };
  const parts = new Map<string, Part>();
  for (const block of list) {
    const kept = keep[block.name];
    const hidden = block.kernels.map((path) => ({
      path,
      keep: checkKeep(kept?.kernels?.[path.kernel], path.hidden, kernelChoice(block.name, path.kernel)),
    }));
    const tokens = checkKeep(kept?.tokens, block.tokens, tokenChoice(block.name));
    for (const { path, keep: atoms } of hidden) choices[kernelChoice(block.name, path.kernel)] = atoms.length;
    if (block.maxTokens > 0) choices[tokenChoice(block.name)] = tokens.length;
    const kernelParts = arch.settings['blockForm'] === 'fused' ? fusedParts(block, hidden) : searchParts(hidden);
    for (const part of [...kernelParts, ...tokenParts(tokens)]) {
      parts.set(`${block.module}.${part.to}`, { ...part, from: `${block.module}.${part.from}` });
    }
  }
  const shrunk: Architecture = { ...arch, choices };
  const before = specsOf(arch);
  const moves = [...specsOf(shrunk).values()].map((spec) => moveOf(spec, parts.get(spec.name), before));
  return { arch: hrNas.canonical(shrunk), moves };
}

type KeptKernel = { readonly path: HrNasBlock['kernels'][number]; readonly keep: readonly number[] };

function searchParts(hidden: readonly KeptKernel[]): Part[] {
  const alive = hidden.filter(({ keep }) => keep.length > 0);
  return alive.flatMap(({ path, keep }, position) => {
    const part = (suffix: string, axis: number): Part => ({
      from: `ops.${path.position}.${suffix}`,
      to: `ops.${position}.${suffix}`,
      axis,
      keep,
    });
    const atoms = ['0.0.weight', ...normSuffixes('0.1'), '1.0.weight', ...normSuffixes('1.1')];
    return [...atoms.map((suffix) => part(suffix, 0)), part('2.weight', 1)];
  });
}

function fusedParts(block: HrNasBlock, hidden: readonly KeptKernel[]): Part[] {
  const joint: number[] = [];
  let offset = 0;
  for (const { path, keep } of hidden) {
    for (const atom of keep) joint.push(offset + atom);
    offset += path.hidden;
  }
  const alive = hidden.filter(({ keep }) => keep.length > 0);
  const own = alive.flatMap(({ path, keep }, position) =>
    ['1.0.weight', ...normSuffixes('1.1')].map((suffix): Part => ({
      from: `depth_ops.${path.position}.${suffix}`,
      to: `depth_ops.${position}.${suffix}`,
      axis: 0,
      keep,
    })),
  );
  const shared = (suffix: string, axis: number): Part => ({ from: suffix, to: suffix, axis, keep: joint });
  if (block.kernels.length === 0) return own;
  return [
    ...own,
    ...['expand_conv.0.weight', ...normSuffixes('expand_conv.1')].map((suffix) => shared(suffix, 0)),
    ...['se_op.se_expand.weight', 'se_op.se_expand.bias'].map((suffix) => shared(suffix, 0)),
    ...['project_conv.0.weight', 'se_op.se_reduce.weight'].map((suffix) => shared(suffix, 1)),
  ];
}

/** Encoder and decoder matrices do not depend on the number of tokens. */
function tokenParts(keep: readonly number[]): Part[] {
  const part = (suffix: string, axis: number): Part => ({ from: `transformer.${suffix}`, to: `transformer.${suffix}`, axis, keep });
  const rows = ['input_proj.weight', ...normSuffixes('input_norm'), 'query_embed.weight'];
  return [...rows.map((suffix) => part(suffix, 0)), part('reverse_proj.weight', 1)];
}

function normSuffixes(norm: string): string[] {
  return ['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked'].map((suffix) => `${norm}.${suffix}`);
}

/** What no part names stays as it is. */
function moveOf(spec: WeightSpec, part: Part | undefined, before: ReadonlyMap<string, WeightSpec>): WeightMove {
  const from = part?.from ?? spec.name;
  const old = before.get(from);
  if (old === undefined) throw new EngineError('bad-shrink', `hr-nas: ${spec.name} has no source: '${from}' does not exist.`);
  if (part === undefined || old.shape.length === 0 || part.keep.length === old.shape[part.axis]) return { from, to: spec.name };
  const slice: AxisSlice = { kind: 'indices', indices: part.keep };
  return { from, to: spec.name, slices: old.shape.map((_, axis) => (axis === part.axis ? slice : undefined)) };
}

function checkKeep(keep: readonly number[] | undefined, present: number, choice: string): readonly number[] {
  if (keep === undefined) return Array.from({ length: present }, (_, index) => index);
  const ascends = keep.every((index, i) => Number.isInteger(index) && index >= 0 && index < present && (i === 0 || index > keep[i - 1]!));
  if (!ascends) {
    const shown = `${keep.slice(0, 8).join(', ')}${keep.length > 8 ? ', ...' : ''}`;
    throw new EngineError('bad-shrink', `hr-nas: keeping [${shown}] of ${choice}: expected ascending positions from 0 to ${present - 1}.`);
  }
  return keep;
}

/** The names and shapes do not depend on the input's size. */
function specsOf(arch: Architecture): Map<string, WeightSpec> {
  const graph = hrNas.graph(arch, hrNas.defaultInput(arch.settings));
  return new Map(graph.weights.map((spec) => [spec.name, spec]));
}
