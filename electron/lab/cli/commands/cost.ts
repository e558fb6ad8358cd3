import type { Command } from 'commander';
import { estimate } from '../../../../engine/cost/estimate.ts';
import { quantity, sizeText } from '../../../../engine/export/quantity.ts';
import { architectureHelp, inputShape, resolveArchitecture } from '../architecture-argument.ts';
import { size } from '../arguments.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import { bytesText } from '../format.ts';
import { facts, table } from '../table.ts';

interface InputOption {
  readonly input?: readonly [number, number];
}

/** `lab cost`: what a network costs. */
export function addCostCommands(program: Command, host: CommandHost): void {
  handle<[string], InputOption & { perNode?: boolean }>(
    examples(
      program
        .command('cost')
        .argument('<arch>', architectureHelp)
        .description('parameters, MACs and activation memory of one input')
        .option('--input <HxW>', 'size in pixels, height first (default: the published one)', size('--input'))
        .option('--per-node', 'also every node'),
      ['lab cost hr-nas:cs2 --input 512x1024', 'lab cost arch.json --per-node --json'],
      '{ "params": 2183176, "macs": 61943184, "activationBytes": 21430272, "input": [64, 128, 3], "scope": "full", "nodes": […] }',
    ),
    host,
    async (session, [text], { input, perNode }) => {
      const resolved = await resolveArchitecture(session, text);
      const shape = inputShape(resolved, input);
      const { nodes, macs, params, activationBytes } = estimate(resolved.space.graph(resolved.arch, shape));
      const official = resolved.space.officialCount?.(resolved.arch, shape, macs) ?? macs;
      const total = facts([
        ['input', sizeText(shape)],
        ['MACs', `${quantity(macs, 'MACs')} (${macs}; convolutions and matrix products)`],
        ...(official === macs ? [] : [['as counted by the official code', `${quantity(official, '')} (${official})`] as const]),
        ['params', `${quantity(params, '')} (${params})`],
        ['activations', bytesText(activationBytes)],
      ]);
      const rows = nodes.map((node) => [
        node.scope,
        node.op,
        sizeText(node.shape),
        `${node.macs}`,
        `${node.params}`,
        `${node.activationBytes}`,
      ]);
      const columns = [
        { title: 'scope' },
        { title: 'op' },
        { title: 'output' },
        ...['MACs', 'params', 'bytes'].map((title) => ({ title, align: 'right' as const })),
      ];
      return {
        document: {
          params,
          macs,
          ...(official === macs ? {} : { officialCount: official }),
          activationBytes,
          input: shape,
          scope: 'full',
          ...(perNode === true ? { nodes } : {}),
        },
        text: perNode === true ? `${table(columns, rows)}\n\n${total}` : total,
      };
    },
  );
}
