import { EngineError } from '../error.ts';
import type { GraphNode, ModelGraph, WeightRef } from '../graph/model-graph.ts';
import { repeatedNodes } from '../graph/repeats.ts';
import type * as tf from '../backend/tf.ts';
import type { OpCall } from './op-runner.ts';
import { opRunners } from './ops/table.ts';

interface StepBase {
  readonly node: GraphNode;
  /** Slots of the values it reads, and the one it writes. */
  readonly inputs: readonly number[];
  readonly output: number;
  readonly weights: readonly (readonly [role: string, ref: WeightRef])[];
  /** Slots that no later step reads. */
  readonly frees: readonly number[];
  /** Position in the graph, which makes the seeds of dropout differ. */
  readonly index: number;
}

export interface OpStep extends StepBase {
  readonly kind: 'op';
  readonly run: (call: OpCall) => tf.Tensor;
}

export interface BatchNormStep extends StepBase {
  readonly kind: 'batch-norm';
  readonly epsilon: number;
  readonly activation: tf.Activation;
  /** How often the network runs it on this very value: it is computed once and reported that often. */
  readonly runs: number;
}

export type PlanStep = OpStep | BatchNormStep;

/**
 * A graph made ready to run: slots in place of names, batch norms with the activation that follows, repeated layers computed once,
 * and when each value is done with.
 */
export interface Plan {
  readonly slots: number;
  readonly inputs: readonly { readonly id: string; readonly slot: number }[];
  readonly outputs: readonly number[];
  readonly steps: readonly PlanStep[];
}

const plans = new WeakMap<ModelGraph, Map<boolean, Plan>>();

/** The plan of a graph, made once. Without dropout its nodes vanish: their readers read the value before. */
export function planFor(graph: ModelGraph, hasDropout: boolean): Plan {
  let known = plans.get(graph);
  if (known === undefined) plans.set(graph, (known = new Map()));
  let plan = known.get(hasDropout);
  if (plan === undefined) known.set(hasDropout, (plan = makePlan(graph, hasDropout)));
  return plan;
}

function makePlan(graph: ModelGraph, hasDropout: boolean): Plan {
  const activations = fusedActivations(graph);
  const absorbed = new Set([...activations.values()].map((node) => node.id));
  const repeats = repeatedNodes(graph);
  const runs = new Map<string, number>();
  const slotOf = new Map<string, number>();
  let slots = 0;
  const inputs = graph.inputs.map(({ id }) => {
    slotOf.set(id, slots);
    return { id, slot: slots++ };
  });
  const drafts: Omit<StepBase, 'frees'>[] = [];
  graph.nodes.forEach((node, index) => {
    const read = node.inputs.map((id) => findSlot(slotOf, id, node.id));
    if (absorbed.has(node.id) || (node.op === 'dropout' && !hasDropout)) {
      slotOf.set(node.id, read[0]!); // the same value under another name
      return;
    }
    const first = repeats.get(node.id);
    if (first !== undefined) {
      slotOf.set(node.id, findSlot(slotOf, first, node.id));
      runs.set(first, (runs.get(first) ?? 1) + 1);
      return;
    }
    slotOf.set(node.id, slots);
    drafts.push({ node, inputs: read, output: slots++, weights: Object.entries(node.weights), index });
  });
  const outputs = graph.outputs.map((id) => findSlot(slotOf, id, 'the outputs'));
  const frees = lastReads(drafts, new Set([...outputs, ...inputs.map((input) => input.slot)]));
  const steps = drafts.map((draft, i) => {
    const { id } = draft.node;
    return finishStep({ ...draft, frees: frees[i]! }, activations.get(id), runs.get(id));
  });
  return { slots, inputs, outputs, steps };
}

/** By batch norm: the activation that is its only reader. */
function fusedActivations(graph: ModelGraph): Map<string, GraphNode> {
  const readers = new Map<string, GraphNode[]>();
  for (const node of graph.nodes) {
    for (const id of node.inputs) readers.set(id, [...(readers.get(id) ?? []), node]);
  }
  const fused = new Map<string, GraphNode>();
  for (const node of graph.nodes) {
    const [reader, ...others] = readers.get(node.id) ?? [];
    const isFusible = node.op === 'batch-norm' && reader?.op === 'activation' && others.length === 0 && !graph.outputs.includes(node.id);
    if (isFusible) fused.set(node.id, reader);
  }
  return fused;
}

function findSlot(slotOf: ReadonlyMap<string, number>, id: string, reader: string): number {
  const slot = slotOf.get(id);
  if (slot === undefined) throw new EngineError('bad-graph', `running a network: ${reader} reads '${id}', which no earlier node computes.`);
  return slot;
}

/** For each step the slots that it is the last to read (or writes in vain), without the pinned ones. */
function lastReads(steps: readonly Omit<StepBase, 'frees'>[], pinned: ReadonlySet<number>): number[][] {
  const last = new Map<number, number>();
  steps.forEach((step, i) => {
    for (const slot of [...step.inputs, step.output]) last.set(slot, i);
  });
  const frees: number[][] = steps.map(() => []);
  for (const [slot, i] of last) {
    if (!pinned.has(slot)) frees[i]!.push(slot);
  }
  return frees;
}

function finishStep(base: StepBase, activation: GraphNode | undefined, runs = 1): PlanStep {
  const { node } = base;
  if (node.op === 'batch-norm') {
    const kind = (activation?.attrs['kind'] ?? 'none') as tf.Activation;
    return { ...base, kind: 'batch-norm', epsilon: node.attrs['epsilon'] as number, activation: kind, runs };
  }
  const runner = opRunners.get(node.op);
  if (runner === undefined) throw new EngineError('bad-graph', `running ${node.id}: there is no op '${node.op}'.`);
  return { ...base, kind: 'op', run: runner.prepare(node) };
}
