import { cpus } from 'node:os';
import { createStep, canCompile } from '../../../engine/backend/steps.ts';
import * as tf from '../../../engine/backend/tf.ts';
import { signatures } from '../../../engine/cost/latency-table.ts';
import type { LayerLatency } from '../../../engine/cost/latency-table.ts';
import { parseArchitecture, findSpace } from '../../../engine/catalog.ts';
import type { GraphNode, ModelGraph } from '../../../engine/graph/model-graph.ts';
import { elementCount } from '../../../engine/graph/shapes.ts';
import { rngFor } from '../../../engine/rng.ts';
import { initialValues } from '../../../engine/run/initial-values.ts';
import { inferenceMode, run } from '../../../engine/run/run.ts';
import { Weights } from '../../../engine/run/weights.ts';
import type { Json } from '../../../db/store.ts';
import type { TaskControl } from './table.ts';

const warmUps = 10;
const timedRuns = 50;
/** Layers are timed alone: fewer runs each, since there are many. */
const layerWarmUps = 3;
const layerRuns = 12;
/** Slow layers are timed less often: their spread is small. */
const fewestLayerRuns = 4;
const layerMs = 40;

export interface LatencyInput {
  readonly networks: readonly { readonly name: string; readonly arch: Json; readonly input: readonly number[] }[];
  readonly batch: number;
  /** Measure each kind of layer alone, too. */
  readonly layers: boolean;
  /** Kinds that were measured before on this device. */
  readonly known?: readonly LayerLatency[];
}

export interface NetworkLatency {
  readonly name: string;
  /** Over the single runs, milliseconds. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly meanMs: number;
  /** By node id, where layers were measured alone. */
  readonly nodesMs?: Readonly<Record<string, number>>;
}

export interface LatencyOutput {
  readonly device: string;
  readonly backend: string;
  readonly threads: number;
  readonly mode: 'compiled' | 'eager';
  readonly warmUps: number;
  readonly runs: number;
  readonly networks: readonly NetworkLatency[];
  readonly layers: readonly LayerLatency[];
}

/**
 * The time of networks on this device: 10 runs to warm up, then 50 timed one by one with a read-back at the end of each, since only that
 * waits for the device. Weights are random: they do not change the time.
 */
export async function measureLatencyTask(
  { networks, batch, layers, known = [] }: LatencyInput,
  control: TaskControl,
): Promise<LatencyOutput> {
  const mode = canCompile() ? 'compiled' : 'eager';
  const table = new Map(known.map((entry) => [entry.signature, entry]));
  const measured: NetworkLatency[] = [];
  for (const [index, { name, arch: given, input }] of networks.entries()) {
    control.progress(index, networks.length, name);
    const arch = parseArchitecture(given);
    const graph = findSpace(arch.space).graph(arch, input);
    const times = await timeGraph(graph, batch, { mode, warmUps, runs: timedRuns, signal: control.signal });
    const nodesMs = layers ? await timeLayers(graph, batch, table, control) : undefined;
    measured.push({
      name,
      p50Ms: quantile(times, 0.5),
      p95Ms: quantile(times, 0.95),
      meanMs: mean(times),
      ...(nodesMs === undefined ? {} : { nodesMs }),
    });
  }
  control.progress(networks.length, networks.length);
  const { id, threads } = control.backend;
  return {
    device: cpus()[0]?.model.trim() ?? 'processor',
    backend: id,
    threads,
    mode,
    warmUps,
    runs: timedRuns,
    networks: measured,
    layers: [...table.values()],
  };
}

interface Timing {
  readonly mode: 'compiled' | 'eager';
  readonly warmUps: number;
  readonly runs: number;
  /** It ends after this time and so many runs, too. */
  readonly enough?: { readonly runs: number; readonly ms: number };
  readonly signal: AbortSignal;
}

const layerTiming = { mode: 'eager', warmUps: layerWarmUps, runs: layerRuns, enough: { runs: fewestLayerRuns, ms: layerMs } } as const;

/** Milliseconds of each timed run. */
async function timeGraph(graph: ModelGraph, batch: number, { mode, warmUps: before, runs, enough, signal }: Timing): Promise<number[]> {
  const weights = new Weights(graph.weights, initialValues(0));
  const inputs = graph.inputs.map(({ id, shape }) => tf.tensor(randomValues(id, batch * elementCount(shape)), [batch, ...shape]));
  const forward = createStep(
    'latency',
    (tensors) => run(graph, weights, Object.fromEntries(graph.inputs.map(({ id }, i) => [id, tensors[i]!])), inferenceMode).outputs,
    mode,
  );
  const times: number[] = [];
  try {
    for (let i = 0; i < before + runs; i++) {
      signal.throwIfAborted();
      const began = performance.now();
      const outputs = await forward.run({ tensors: inputs, numbers: [], seeds: [] });
      await Promise.all(outputs.map((output) => output.data()));
      if (i >= before) times.push(performance.now() - began);
      if (enough !== undefined && times.length >= enough.runs && sumOf(times) > enough.ms) i = before + runs;
      // A layer that only passes its input on returns the input itself.
      for (const output of outputs) if (!inputs.includes(output)) output.dispose();
    }
  } finally {
    forward.dispose();
    weights.dispose();
    for (const input of inputs) input.dispose();
  }
  return times;
}

/** Each kind of layer that the table does not have yet is measured as a network of its own. Milliseconds by node. */
async function timeLayers(
  graph: ModelGraph,
  batch: number,
  table: Map<string, LayerLatency>,
  { signal }: TaskControl,
): Promise<Readonly<Record<string, number>>> {
  const signatureOf = signatures(graph);
  const nodesMs: Record<string, number> = {};
  for (const node of graph.nodes) {
    const signature = signatureOf(node);
    let entry = table.get(signature);
    if (entry === undefined) {
      const times = await timeGraph(alone(graph, node), batch, { ...layerTiming, signal });
      const meanMs = mean(times);
      const varianceMs2 = mean(times.map((time) => (time - meanMs) ** 2));
      entry = { signature, op: node.op, count: times.length, meanMs, varianceMs2 };
      table.set(signature, entry);
    }
    nodesMs[node.id] = entry.meanMs;
  }
  return nodesMs;
}

/** One node as a network: its inputs are the network's. */
function alone(graph: ModelGraph, node: GraphNode): ModelGraph {
  const shapes = new Map([...graph.inputs, ...graph.nodes].map(({ id, shape }) => [id, shape]));
  const names = new Set(Object.values(node.weights).map(({ name }) => name));
  return {
    inputs: [...new Set(node.inputs)].map((id) => ({ id, shape: shapes.get(id) ?? [] })),
    nodes: [node],
    outputs: [node.id],
    weights: graph.weights.filter(({ name }) => names.has(name)),
  };
}

function randomValues(name: string, count: number): Float32Array {
  const rng = rngFor(0, 'latency', name);
  return Float32Array.from({ length: count }, () => rng.uniform() * 2 - 1);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function mean(values: readonly number[]): number {
  return sumOf(values) / values.length;
}

/** Nearest rank. */
function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? NaN;
}
