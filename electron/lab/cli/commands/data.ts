import type { Command } from 'commander';
import { openDataset } from '../../../../datasets/catalog.ts';
import { findSample, renderSegmentationSample } from '../../../../datasets/render-sample.ts';
import type { DatasetView } from '../../../ipc/contract.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import { CliError } from '../failure.ts';
import { writeFileWhole } from '../files.ts';
import { timeText } from '../format.ts';
import type { CommandResult, Session } from '../session.ts';
import { facts, table } from '../table.ts';
import { addDataFolderCommands } from './data-folder.ts';

/** `lab data …`: registered folders; what needs no registration is in data-folder.ts. */
export function addDataCommands(program: Command, host: CommandHost): void {
  const data = program.command('data').description('data sets: register, examine, make');
  handle<[string], { name?: string }>(
    examples(
      data.command('add').argument('<dir>', 'folder of the data set; recognised by its layout, never copied').description('register a folder')
        .option('--name <NAME>', 'name to call it by (default: its kind)'),
      ['lab data add /data/cityscapes --name city'],
    ),
    host,
    async (session, [root], { name }) => {
      const added = await (await session.lab()).addDataset({ root, ...(name === undefined ? {} : { name }) });
      return { document: added, text: `Registered as ${added.name}.\n${describeDataset(added)}` };
    },
  );
  handle(examples(data.command('ls').description('list the registered data sets'), ['lab data ls']), host, listDatasets);
  handle<[string], ShowOptions>(
    examples(
      data.command('show').argument('<name>', 'a registered data set').description('describe a data set, or draw one of its samples with its labels')
        .option('--sample <ID>', 'key or number of a sample')
        .option('--split <SPLIT>', 'where the sample is (default: val, else the first split)')
        .option('--out <FILE.png>', 'where to draw the sample'),
      ['lab data show city', 'lab data show city --sample 3 --split train --out sample.png'],
    ),
    host,
    showDataset,
  );
  handle<[string]>(
    examples(data.command('remove').argument('<name>', 'a registered data set').description('forget a data set; its files stay'), ['lab data remove city']),
    host,
    async (session, [name]) => {
      await (await session.lab()).removeDataset(name);
      return { document: { removed: name }, text: `Forgot ${name}; its files are untouched.` };
    },
  );
  handle<[string, string]>(
    examples(
      data.command('relocate').argument('<name>', 'a registered data set').argument('<dir>', 'where its folder is now')
        .description('tell where a data set has moved'),
      ['lab data relocate city /mnt/data/cityscapes'],
    ),
    host,
    async (session, [name, root]) => {
      const moved = await (await session.lab()).relocateDataset(name, root);
      return { document: moved, text: `${moved.name} is at ${moved.root} now.` };
    },
  );
  addDataFolderCommands(data, host);
}

interface ShowOptions {
  readonly sample?: string;
  readonly split?: string;
  readonly out?: string;
}

async function showDataset(session: Session, [name]: [string], { sample, split, out }: ShowOptions): Promise<CommandResult> {
  const dataset = await (await session.lab()).dataset(name);
  if (sample === undefined && out === undefined) return { document: dataset, text: describeDataset(dataset) };
  if (sample === undefined || out === undefined) throw new CliError('usage', 'data show draws a sample with --sample ID and --out FILE.png together.');
  const source = await openDataset(dataset.root, dataset.kind);
  try {
    const chosen = split ?? (source.info.splits.val === undefined ? Object.keys(source.info.splits)[0] : 'val') ?? 'val';
    const index = findSample(source, chosen, sample);
    if (index === undefined) {
      throw new CliError('unknown-sample', `data show: ${chosen} has no sample '${sample}'; it has 0 to ${source.size(chosen) - 1}, the first is ${source.key(chosen, 0)}.`);
    }
    const read = await source.read(chosen, index);
    if (read.kind !== 'segmentation') throw new CliError('unsupported-kind', `data show: samples of kind ${read.kind} cannot be drawn yet.`);
    writeFileWhole(out, renderSegmentationSample(read, source.info.classes));
    return { document: { file: out, split: chosen, index, key: read.key, height: read.height, width: read.width }, text: `wrote ${out}: ${read.key} (${chosen} ${index})` };
  } finally {
    await source.close();
  }
}

async function listDatasets(session: Session): Promise<CommandResult> {
  const datasets = await (await session.lab()).datasets();
  const rows = datasets.map((entry) => [entry.name, entry.kind, splitsText(entry), entry.isAvailable ? entry.root : `${entry.root} (missing)`]);
  return {
    document: { datasets },
    text: rows.length === 0
      ? 'No data sets yet. `lab data add DIR` registers one, `lab data synthesize cityscapes DIR` makes one.'
      : table([{ title: 'name' }, { title: 'kind' }, { title: 'splits' }, { title: 'folder' }], rows),
  };
}

export function describeDataset(dataset: DatasetView): string {
  return facts([
    ['kind', `${dataset.kind} (${dataset.task})`],
    ['folder', dataset.isAvailable ? dataset.root : `${dataset.root} (missing: lab data relocate ${dataset.name} DIR)`],
    ['splits', splitsText(dataset)],
    ['classes', `${dataset.classes.length}: ${dataset.classes.map((entry) => entry.name).join(', ')}`],
    ['fingerprint', dataset.fingerprint],
    ['registered', timeText(dataset.addedAt)],
  ]);
}

function splitsText(dataset: DatasetView): string {
  return Object.entries(dataset.splits).map(([name, count]) => `${name} ${count}`).join(', ');
}
