import type { Command } from 'commander';
import { openDataset } from '../../../../datasets/catalog.ts';
import { checkDataset } from '../../../../datasets/check.ts';
import { measureClassShares } from '../../../../datasets/class-shares.ts';
import type { ClassShares } from '../../../../datasets/class-shares.ts';
import { jointStatistics } from '../../../../datasets/joint-statistics.ts';
import type { JointStatistics } from '../../../../datasets/joint-statistics.ts';
import { asKeypointsSource } from '../../../../datasets/keypoints-source.ts';
import { renderKeypoints } from '../../../../datasets/render-keypoints.ts';
import { findSample, renderSegmentationSample } from '../../../../datasets/render-sample.ts';
import type { DatasetView } from '../../../ipc/contract.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import { CliError } from '../failure.ts';
import { writeFileWhole } from '../files.ts';
import { classSharesText, describeDataset, findingsText, jointStatisticsText, kindText, splitsText } from '../dataset-text.ts';
import type { CommandResult, Session } from '../session.ts';
import { table } from '../table.ts';
import { addDataBrowseCommands } from './data-browse.ts';
import { addDataFolderCommands } from './data-folder.ts';

/** `lab data …`: registered folders; what needs no registration is in data-folder.ts. */
export function addDataCommands(program: Command, host: CommandHost): void {
  const data = program.command('data').description('data sets: register, examine, make');
  handle<[string], { name?: string; anyway?: boolean }>(
    examples(
      data
        .command('add')
        .argument('<dir>', 'folder of the data set; recognised by its layout, never copied')
        .description('register a folder')
        .option('--name <NAME>', 'name to call it by (default: its kind)')
        .option('--anyway', 'also when the names and sizes of its files show errors'),
      ['lab data add /data/cityscapes --name city'],
    ),
    host,
    async (session, [root], { name, anyway = false }) => {
      const added = await (await session.lab()).addDataset({ root, anyway, ...(name === undefined ? {} : { name }) });
      const findings = (added.health?.findings ?? []).filter(({ severity }) => severity !== 'info');
      const told = findings.length === 0 ? '' : `\n\n${findingsText(findings)}`;
      return { document: added, text: `Registered as ${added.name}.\n${describeDataset(added)}${told}` };
    },
  );
  handle(examples(data.command('ls').description('list the registered data sets'), ['lab data ls']), host, listDatasets);
  handle<[string], ShowOptions>(
    examples(
      data
        .command('show')
        .argument('<name>', 'a registered data set')
        .description('describe a data set, or draw one of its samples with its labels')
        .option('--sample <ID>', 'key or number of a sample')
        .option('--split <SPLIT>', 'where the sample is (default: val, else the first split)')
        .option('--out <FILE.png>', 'where to draw the sample'),
      ['lab data show city', 'lab data show city --sample 3 --split train --out sample.png'],
    ),
    host,
    showDataset,
  );
  handle<[string]>(
    examples(data.command('remove').argument('<name>', 'a registered data set').description('forget a data set; its files stay'), [
      'lab data remove city',
    ]),
    host,
    async (session, [name]) => {
      await (await session.lab()).removeDataset(name);
      return { document: { removed: name }, text: `Forgot ${name}; its files are untouched.` };
    },
  );
  handle<[string, string]>(
    examples(
      data
        .command('relocate')
        .argument('<name>', 'a registered data set')
        .argument('<dir>', 'where its folder is now')
        .description('tell where a data set has moved'),
      ['lab data relocate city /mnt/data/cityscapes'],
    ),
    host,
    async (session, [name, root]) => {
      const moved = await (await session.lab()).relocateDataset(name, root);
      return { document: moved, text: `${moved.name} is at ${moved.root} now.` };
    },
  );
  addDataBrowseCommands(data, host);
  addDataFolderCommands(data, host);
}

/** A full-size picture takes about a tenth of a second. */
const SHARES_OF_PICTURES = 12;

interface ShowOptions {
  readonly sample?: string;
  readonly split?: string;
  readonly out?: string;
}

async function showDataset(session: Session, [name]: [string], { sample, split, out }: ShowOptions): Promise<CommandResult> {
  const dataset = await (await session.lab()).dataset(name);
  if (sample === undefined && out === undefined) return describeNow(dataset);
  if (sample === undefined || out === undefined)
    throw new CliError('usage', 'data show draws a sample with --sample ID and --out FILE.png together.');
  const source = await openDataset(dataset.root, dataset.kind);
  try {
    const chosen = split ?? (source.info.splits.val === undefined ? Object.keys(source.info.splits)[0] : 'val') ?? 'val';
    const index = findSample(source, chosen, sample);
    if (index === undefined) {
      throw new CliError(
        'unknown-sample',
        `data show: ${chosen} has no sample '${sample}'; it has 0 to ${source.size(chosen) - 1}, the first is ${source.key(chosen, 0)}.`,
      );
    }
    const read = await source.read(chosen, index);
    if (read.kind !== 'segmentation' && read.kind !== 'keypoints')
      throw new CliError('unsupported-kind', `data show: samples of kind ${read.kind} cannot be drawn yet.`);
    writeFileWhole(out, read.kind === 'keypoints' ? renderKeypoints(read) : renderSegmentationSample(read, source.info.classes));
    return {
      document: { file: out, split: chosen, index, key: read.key, height: read.height, width: read.width },
      text: `wrote ${out}: ${read.key} (${chosen} ${index})`,
    };
  } finally {
    await source.close();
  }
}

/** What is registered, how the folder looks now, and how its pixels are spread over the classes, or its persons over joints and pictures. */
async function describeNow(dataset: DatasetView): Promise<CommandResult> {
  if (!dataset.isAvailable) return { document: dataset, text: describeDataset(dataset) };
  const { status, findings, fingerprint } = await checkDataset(dataset.root, { level: 1 });
  const now = { ...dataset, health: { status, findings } };
  const isChanged = fingerprint !== dataset.fingerprint;
  const { classShares, jointStatistics: joints } = status === 'blocked' ? {} : await contentsOf(dataset);
  const parts = [
    describeDataset(now),
    ...(isChanged ? ['Files have been added, removed or changed since it was registered.'] : []),
    findingsText(findings),
    ...(classShares === undefined ? [] : [classSharesText(classShares, dataset.classes)]),
    ...(joints === undefined ? [] : [jointStatisticsText(joints)]),
  ];
  const document = { ...now, isChanged, classShares: classShares ?? null, ...(joints === undefined ? {} : { jointStatistics: joints }) };
  return { document, text: parts.join('\n\n') };
}

async function contentsOf({
  root,
  kind,
}: DatasetView): Promise<{ readonly classShares?: ClassShares | undefined; readonly jointStatistics?: JointStatistics }> {
  const source = await openDataset(root, kind);
  try {
    const split = ['train', 'val'].find((name) => source.info.splits[name] !== undefined);
    if (split === undefined) return {};
    if (source.info.task === 'keypoints') return { jointStatistics: jointStatistics(asKeypointsSource(source), split) };
    return { classShares: await measureClassShares(source, split, SHARES_OF_PICTURES) };
  } finally {
    await source.close();
  }
}

async function listDatasets(session: Session): Promise<CommandResult> {
  const datasets = await (await session.lab()).datasets();
  const rows = datasets.map((entry) => [
    entry.name,
    kindText(entry),
    splitsText(entry.splits),
    entry.isAvailable ? entry.root : `${entry.root} (missing)`,
  ]);
  return {
    document: { datasets },
    text:
      rows.length === 0
        ? 'No data sets yet. `lab data add DIR` registers one, `lab data synthesize cityscapes DIR` makes one.'
        : table([{ title: 'name' }, { title: 'kind' }, { title: 'splits' }, { title: 'folder' }], rows),
  };
}
