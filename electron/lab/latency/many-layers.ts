import { signatures } from '../../../engine/cost/latency-table.ts';
import type { ModelGraph } from '../../../engine/graph/model-graph.ts';
import type { Architecture } from '../../../engine/spaces/search-space.ts';

/**
 * `count` of the networks, one after another the one with the most kinds of layers that no earlier one has: a table of them predicts more networks
 * than one of networks at random. The first of more are the same.
 */
export function manyLayers(
  archs: readonly Architecture[],
  graphOf: (arch: Architecture) => ModelGraph,
  count: number,
): readonly Architecture[] {
  const left = new Map(
    archs.map((arch) => {
      const graph = graphOf(arch);
      return [arch, new Set(graph.nodes.map(signatures(graph)))];
    }),
  );
  const known = new Set<string>();
  const chosen: Architecture[] = [];
  while (chosen.length < count && left.size > 0) {
    const gains = [...left].map(([arch, kinds]) => ({ arch, kinds, gain: [...kinds].filter((kind) => !known.has(kind)).length }));
    const { arch, kinds } = gains.reduce((best, one) => (one.gain > best.gain ? one : best));
    for (const kind of kinds) known.add(kind);
    left.delete(arch);
    chosen.push(arch);
  }
  return chosen;
}
