import type { GraphNode, ModelGraph } from './model-graph.ts';

/**
 * Layers that run again on a value they ran on before (Lite-HRNet's fusions do so): the later node's id -> the first one's. Both give the
 * same value, so it is enough to compute one, but each of them counts as executed, and a batch norm sees its batch every time.
 * Only layers with weights and activations are compared: what draws random numbers must not be taken for the same.
 */
export function repeatedNodes(graph: ModelGraph): ReadonlyMap<string, string> {
  const repeats = new Map<string, string>();
  const firsts = new Map<string, string>();
  for (const node of graph.nodes) {
    if (Object.keys(node.weights).length === 0 && node.op !== 'activation') continue;
    const key = keyOf(node, repeats);
    const first = firsts.get(key);
    if (first === undefined) firsts.set(key, node.id);
    else repeats.set(node.id, first);
  }
  return repeats;
}

function keyOf({ op, inputs, attrs, weights }: GraphNode, repeats: ReadonlyMap<string, string>): string {
  const sorted = (table: object): unknown[] => Object.entries(table).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([op, inputs.map((id) => repeats.get(id) ?? id), sorted(attrs), sorted(weights)]);
}
