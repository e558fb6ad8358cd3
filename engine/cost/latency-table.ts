/**
 * Latency from a table: every kind of layer was measured alone on one device, a network is the sum of its layers. Sums leave out what
 * layers do to each other (fusing, caches), so a predictor is fitted on measured networks and says its error. Pure.
 */
import type { GraphNode, ModelGraph } from '../graph/model-graph.ts';
import { opWeightShape } from '../graph/shapes.ts';

/** One kind of layer, measured alone. */
export interface LayerLatency {
  /** `layerSignature` of it. */
  readonly signature: string;
  readonly op: string;
  /** Timed runs. */
  readonly count: number;
  readonly meanMs: number;
  readonly varianceMs2: number;
}

/** Equal for layers that cost the same: op, attributes, shapes of inputs and weights. */
export function layerSignature(graph: ModelGraph, node: GraphNode): string {
  return signatures(graph)(node);
}

/** The signatures of a graph's nodes. */
export function signatures(graph: ModelGraph): (node: GraphNode) => string {
  const shapes = new Map([...graph.inputs, ...graph.nodes].map(({ id, shape }) => [id, shape]));
  const specs = new Map(graph.weights.map((spec) => [spec.name, spec]));
  return ({ op, inputs, attrs, weights }) => {
    const roles = Object.entries(weights).flatMap(([role, ref]) => {
      const spec = specs.get(ref.name);
      return spec === undefined ? [] : [`${role} ${opWeightShape(spec, ref).join('x')}`];
    });
    const settings = Object.entries(attrs).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    return [op, ...inputs.map((id) => `in ${(shapes.get(id) ?? []).join('x')}`), ...roles.sort(), ...settings.sort()].join(' | ');
  };
}

export interface LatencySum {
  readonly ms: number;
  /** Nodes of kinds that the table does not have; their time is not in the sum. */
  readonly missing: number;
}

/** Sum over the layers of a network. Layers that only reshape cost nothing where the table has none. */
export function sumLatency(graph: ModelGraph, table: ReadonlyMap<string, LayerLatency>): LatencySum {
  const signatureOf = signatures(graph);
  let ms = 0;
  let missing = 0;
  for (const node of graph.nodes) {
    const entry = table.get(signatureOf(node));
    if (entry === undefined) missing += 1;
    else ms += entry.meanMs;
  }
  return { ms, missing };
}

/** How a sum becomes a prediction, and how far off predictions were. */
export interface LatencyPredictor {
  /** Prediction = factor * sum. */
  readonly factor: number;
  /** Root mean square of predicted - measured over networks that the factor was not fitted on, milliseconds. */
  readonly errorMs: number;
  /** Networks of the fit, and of the error. */
  readonly fitted: number;
  readonly checked: number;
}

/**
 * Fits the factor (least squares through the origin) on every second network by rising sum and takes the error on the others, so that both
 * cover the range. Undefined under four networks.
 */
export function fitPredictor(pairs: readonly { readonly sumMs: number; readonly measuredMs: number }[]): LatencyPredictor | undefined {
  if (pairs.length < 4) return undefined;
  const sorted = [...pairs].sort((a, b) => a.sumMs - b.sumMs);
  const fit = sorted.filter((_, i) => i % 2 === 0);
  const check = sorted.filter((_, i) => i % 2 === 1);
  const products = fit.reduce((sum, { sumMs, measuredMs }) => sum + sumMs * measuredMs, 0);
  const squares = fit.reduce((sum, { sumMs }) => sum + sumMs * sumMs, 0);
  if (squares === 0) return undefined;
  const factor = products / squares;
  const errors = check.map(({ sumMs, measuredMs }) => (factor * sumMs - measuredMs) ** 2);
  return {
    factor,
    errorMs: Math.sqrt(errors.reduce((sum, error) => sum + error, 0) / errors.length),
    fitted: fit.length,
    checked: check.length,
  };
}
