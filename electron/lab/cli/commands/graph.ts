import type { Command } from 'commander';
import type { ArchitectureDiff, NetworkOptions } from '../../../ipc/architecture.ts';
import { percent, quantity, sizeText } from '../../../../engine/export/quantity.ts';
import { architectureHelp, refOf } from '../architecture-argument.ts';
import { size } from '../arguments.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import { CliError } from '../failure.ts';
import { bytesText } from '../format.ts';
import { prettyJson } from '../pretty-json.ts';
import type { CommandResult, Session } from '../session.ts';
import { facts, table } from '../table.ts';

interface GraphOptions extends NetworkOptions {
  readonly svg?: string;
  readonly detail?: string;
}

/** `lab graph`, `lab diff` and `lab lineage`: what a network consists of, how two differ, where one comes from. */
export function addGraphCommands(program: Command, host: CommandHost): void {
  handle<[string], GraphOptions>(
    examples(
      program
        .command('graph')
        .argument('<arch>', architectureHelp)
        .description('the network as JSON (inputs, nodes, outputs, weights) or as a drawing')
        .option('--input <HxW>', 'size in pixels, height first (default: the published one)', size('--input'))
        .option('--form <FORM>', 'search, or retrain where the final recipe trains other layers')
        .option('--svg <FILE>', 'write a drawing instead')
        .option('--detail <LEVEL>', 'drawings: stages (the default), blocks or nodes'),
      ['lab graph hr-nas:cs1 --input 64x128 > cs1-graph.json', 'lab graph hrnas-7f3a2c:t12 --svg t12.svg --detail blocks'],
      '{ "inputs": [{ "id", "shape" }], "nodes": [{ "id", "op", "inputs", "attrs", "weights", "scope", "shape" }], "outputs": […], "weights": […] }',
    ),
    host,
    graph,
  );
  handle<[string, string], Pick<NetworkOptions, 'input'>>(
    examples(
      program
        .command('diff')
        .argument('<a>', architectureHelp)
        .argument('<b>', architectureHelp)
        .description('what differs between two networks, block by block, with the cost of each difference')
        .option('--input <HxW>', "size in pixels for both (default: the first one's)", size('--input')),
      ['lab diff hrnas-7f3a2c:t4 hrnas-7f3a2c:t12', 'lab diff hr-nas:cs1 hr-nas:cs2 --json'],
      '{ "a": { "name", "macs", … }, "b": {…}, "input", "counts": { "added", "removed", "changed", "equal" }, "blocks": [{ "key", "status", "changes": […], "before", "after" }], … }',
    ),
    host,
    diff,
  );
  handle<[string]>(
    examples(
      program
        .command('lineage')
        .argument('<trial>', 'a trial, EXPERIMENT:tN')
        .description('the ancestors of a trial with the choices that changed'),
      ['lab lineage hrnas-7f3a2c:t12'],
      '{ "experiment", "trial": 12, "kind": "series", "entries": [{ "trial", "parents", "generation", "operator", "changes": […] }], "isCut": false }',
    ),
    host,
    lineage,
  );
}

const details = ['stages', 'blocks', 'nodes'] as const;

async function graph(session: Session, [text]: [string], { svg, detail, form, input }: GraphOptions): Promise<CommandResult> {
  if (form !== undefined && form !== 'search' && form !== 'retrain') {
    throw new CliError('usage', `--form is search or retrain, not '${String(form)}'.`);
  }
  const ref = await refOf(session, text);
  const lab = await session.lab();
  const network = { ...(form === undefined ? {} : { form }), ...(input === undefined ? {} : { input }) };
  if (svg === undefined) {
    if (detail !== undefined) throw new CliError('usage', '--detail belongs to --svg FILE.');
    const document = await lab.networkGraph(ref, network);
    return { document, text: prettyJson(document) };
  }
  const level = details.find((known) => known === (detail ?? 'stages'));
  if (level === undefined) throw new CliError('usage', `--detail is stages, blocks or nodes, not '${String(detail)}'.`);
  const written = await lab.exportGraph(ref, { ...network, format: 'svg', detail: level, target: svg });
  return { document: written, text: `${written.file} (${bytesText(written.bytes)})` };
}

async function diff(session: Session, [a, b]: [string, string], options: Pick<NetworkOptions, 'input'>): Promise<CommandResult> {
  const [first, second] = [await refOf(session, a), await refOf(session, b)];
  const found = await (await session.lab()).diffArchitectures(first, second, options.input === undefined ? {} : { input: options.input });
  const { a: before, b: after, input, counts, settings, choices } = found;
  const blocks = found.elements.filter(({ isBlock }) => isBlock).map(blockOf);
  return { document: { a: before, b: after, input, counts, blocks, settings, choices }, text: diffText(found) };
}

function blockOf({ key, status, changes, before, after }: ArchitectureDiff['elements'][number]): object {
  return { key, status, changes, ...(before && { before }), ...(after && { after }) };
}

const signs = { added: '+', removed: '−', changed: '~', equal: '=' } as const;

function diffText({ a, b, input, counts, elements, settings }: ArchitectureDiff): string {
  const differing = elements.filter(({ isBlock, status }) => isBlock && status !== 'equal');
  const rows = differing.map(({ key, status, before, after, changes }) => [
    signs[status],
    key,
    signed((after?.macs ?? 0) - (before?.macs ?? 0)),
    signed((after?.params ?? 0) - (before?.params ?? 0)),
    changes.map(({ attribute, from, to }) => `${attribute} ${from} → ${to}`).join(', '),
  ]);
  const columns = [
    { title: '' },
    { title: 'block' },
    { title: 'MACs', align: 'right' as const },
    { title: 'params', align: 'right' as const },
    { title: 'what' },
  ];
  const change = (from: number, to: number): string =>
    from === 0 || from === to ? '' : `, ${to >= from ? '+' : '−'}${percent(Math.abs(to - from) / from)}`;
  return [
    ...(rows.length === 0 ? [] : [table(columns, rows), '']),
    facts([
      ['both for', sizeText(input)],
      ['MACs', `${quantity(a.macs, '')} → ${quantity(b.macs, '')}${change(a.macs, b.macs)}`],
      ['params', `${quantity(a.params, '')} → ${quantity(b.params, '')}${change(a.params, b.params)}`],
      ['blocks', `${counts.added} added, ${counts.removed} removed, ${counts.changed} changed, ${counts.equal} equal`],
      ...(settings.length === 0
        ? []
        : [['settings', settings.map(({ attribute, from, to }) => `${attribute} ${from} → ${to}`).join(', ')] as const]),
    ]),
  ].join('\n');
}

function signed(value: number): string {
  return value === 0 ? '0' : `${value > 0 ? '+' : '−'}${quantity(Math.abs(value), '')}`;
}

async function lineage(session: Session, [text]: [string]): Promise<CommandResult> {
  const ref = await refOf(session, text);
  if (!('trial' in ref)) throw new CliError('usage', `A trial is named EXPERIMENT:tN, for example hrnas-7f3a2c:t12; got '${text}'.`);
  const found = await (await session.lab()).lineage(ref.experiment, ref.trial);
  const rows = found.entries.map(({ trial, parents, operator, macs, metric, changes }) => [
    `t${trial}`,
    parents.map((parent) => `t${parent}`).join(' × ') || '—',
    operator ?? '—',
    macs === undefined ? '—' : quantity(macs, ''),
    metric === undefined ? '—' : percent(metric.value),
    changes === undefined ? '—' : `${changes.length} changed`,
  ]);
  const columns = [
    { title: 'trial' },
    { title: 'from' },
    { title: 'by' },
    { title: 'MACs', align: 'right' as const },
    { title: 'score', align: 'right' as const },
    { title: 'choices' },
  ];
  return { document: found, text: [table(columns, rows), ...(found.reason === undefined ? [] : ['', found.reason])].join('\n') };
}
