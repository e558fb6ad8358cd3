import type { GraphNode, ModelGraph } from '../graph/model-graph.ts';
import { signatures } from './latency-table.ts';

/** A device profile as a search keeps it: what it needs to predict, and nothing that changes. JSON. */
export interface LatencyModel {
  /** Id of the profile, and the device in words. */
  readonly profile: string;
  readonly device: string;
  /** Prediction = factor * sum of the layers; its error on networks that the factor was not fitted on, milliseconds. */
  readonly factor: number;
  readonly errorMs: number;
  /** Milliseconds of each kind of layer, by its signature. */
  readonly layers: Readonly<Record<string, number>>;
}

export type LatencyPrediction = { readonly ms: number } | { readonly missing: readonly GraphNode[] };

/** Milliseconds of one picture, or the layers that the profile lacks: a sum without them would be too small, and nobody knows by how much. */
export function predictLatency(graph: ModelGraph, { factor, layers }: LatencyModel): LatencyPrediction {
  const signatureOf = signatures(graph);
  const known = graph.nodes.map((node) => layers[signatureOf(node)]);
  const missing = graph.nodes.filter((_, i) => known[i] === undefined);
  if (missing.length > 0) return { missing };
  return { ms: factor * known.reduce<number>((sum, ms) => sum + (ms ?? 0), 0) };
}
