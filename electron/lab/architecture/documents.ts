import { graphSvg } from '../../../engine/export/graph-svg.ts';
import { quantity, sizeText } from '../../../engine/export/quantity.ts';
import { outlineOf } from '../../../engine/graph/outline.ts';
import type { GraphExportOptions } from '../../ipc/architecture.ts';
import { bytesText } from '../cli/format.ts';
import { costsById } from './resolve.ts';
import type { BuiltNetwork } from './resolve.ts';

export interface GraphDocument {
  /** 'hrnas-7f3a2c-t12.svg'. */
  readonly name: string;
  readonly text: string;
}

/** A network as the text of a file. */
export function graphDocument(network: BuiltNetwork, { format, detail = 'stages', colour = 'macs' }: GraphExportOptions): GraphDocument {
  const name = fileName(network);
  switch (format) {
    case 'nasarch':
      return { name: `${name}.nasarch.json`, text: `${JSON.stringify(network.arch, null, 2)}\n` };
    case 'json': {
      const { graph, arch, hash, cost } = network;
      const edges = graph.nodes.flatMap(({ id, inputs }) => inputs.map((from) => ({ from, to: id })));
      const { macs, params, activationBytes } = cost;
      const document = { arch, hash, cost: { macs, params, activationBytes, input: network.input, scope: 'full' }, ...graph, edges };
      return { name: `${name}.json`, text: `${JSON.stringify(document, null, 1)}\n` };
    }
    case 'svg': {
      const { cost, input } = network;
      const subtitle = [
        `input ${sizeText(input)}`,
        quantity(cost.macs, 'MACs'),
        `${quantity(cost.params, '')} parameters`,
        `activations ${bytesText(cost.activationBytes)}`,
        'whole network',
      ].join(' · ');
      const outline = outlineOf(network.graph, costsById(cost));
      return { name: `${name}.svg`, text: graphSvg(outline, { title: titleOf(network), subtitle, detail, colour }) };
    }
  }
}

function titleOf({ name, space, experiment, form }: BuiltNetwork): string {
  const words = experiment === undefined ? `${name} (${space.title})` : `${name} of ${experiment.name} (${space.title})`;
  return form === 'retrain' ? `${words}, retraining form` : words;
}

function fileName({ name, experiment, form }: BuiltNetwork): string {
  const words = experiment === undefined ? name : `${experiment.id}-${name}`;
  return `${words}${form === 'retrain' ? '-retrain' : ''}`.replaceAll(/[^\w.-]+/g, '-');
}
