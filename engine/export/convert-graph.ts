import type { GraphNode, ModelGraph } from '../graph/model-graph.ts';
import type { ExportRef } from './export-builder.ts';

/** Writes one node of a graph and returns the name of its value; `inputs` are in the node's order. */
export type NodeConverter<Builder> = (builder: Builder, node: GraphNode, inputs: readonly ExportRef[]) => string;

/**
 * Writes every node of a graph with the converter of its op. Returns the graph's outputs with their names in the file: 'output', or 'output0', ...
 * `unsupported` is the error for an op that has no converter.
 */
export function convertGraph<Builder extends { enter(scope: string): void }>(
  graph: ModelGraph,
  builder: Builder,
  converters: Readonly<Record<string, NodeConverter<Builder>>>,
  unsupported: (node: GraphNode) => Error,
): readonly { readonly name: string; readonly ref: ExportRef }[] {
  const refs = new Map<string, ExportRef>(graph.inputs.map(({ id, shape }) => [id, { name: id, shape }]));
  const refOf = (id: string): ExportRef => {
    const ref = refs.get(id);
    if (ref === undefined) throw new RangeError(`the graph has no value '${id}'`);
    return ref;
  };
  for (const node of graph.nodes) {
    const convert = converters[node.op];
    if (convert === undefined) throw unsupported(node);
    builder.enter(node.id);
    refs.set(node.id, { name: convert(builder, node, node.inputs.map(refOf)), shape: node.shape });
  }
  return graph.outputs.map((id, index) => ({ ref: refOf(id), name: graph.outputs.length === 1 ? 'output' : `output${index}` }));
}
