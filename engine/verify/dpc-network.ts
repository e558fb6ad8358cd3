import { EngineError } from '../error.ts';
import type { ModelGraph, Shape } from '../graph/model-graph.ts';
import { graphCellAlone, graphDpc } from '../spaces/dpc/graph.ts';
import { parseCell } from '../spaces/dpc/notation.ts';
import { publishedSettings, type DpcBackbone } from '../spaces/dpc/settings.ts';
import type { DpcReference } from './dpc-reference.ts';

/** The network of a reference file for an input [height, width, channels], also with rates and grids that the space does not offer. */
export function dpcNetwork(reference: DpcReference): (input: Shape) => ModelGraph {
  const cell = parseCell(reference.architecture);
  const { network, outputStride, filters, cropSize, classes } = reference;
  const common = { outputStride, filters, poolMode: 'sliding', poolingCrop: cropSize } as const;
  if (network === 'cell') return (input) => graphCellAlone(cell, common, input);
  if (classes === undefined) throw new EngineError('bad-golden-file', `${reference.name}: a whole network needs the number of classes.`);
  const settings = publishedSettings(network.replace('_', '-') as DpcBackbone);
  return (input) => graphDpc(cell, { ...settings, ...common, classes, decoder: false }, input);
}
