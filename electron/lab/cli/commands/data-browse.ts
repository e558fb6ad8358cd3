import type { Command } from 'commander';
import { percent } from '../../../../engine/export/quantity.ts';
import type { SampleTile } from '../../../ipc/dataset-browsing.ts';
import type { DatasetView } from '../../../ipc/contract.ts';
import { oneOf, wholeNumber } from '../arguments.ts';
import { jointStatisticsText } from '../dataset-text.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import { CliError } from '../failure.ts';
import { followJob } from '../follow-job.ts';
import type { CommandResult, Session } from '../session.ts';
import { table } from '../table.ts';

const sorts = ['index', 'worst', 'best'] as const;
const cutOff = 'Counting was cut off; nothing was kept.';

interface SamplesOptions {
  readonly split?: string;
  readonly class?: string;
  readonly filter?: string;
  readonly sort?: (typeof sorts)[number];
  readonly evaluation?: string;
  readonly limit?: number;
}

/** `lab data classes`, `samples` and `archive`. */
export function addDataBrowseCommands(data: Command, host: CommandHost): void {
  handle<[string], { split?: string }>(
    examples(
      data
        .command('classes')
        .argument('<name>', 'a registered data set')
        .description('how the pixels of a split are spread over the classes (counted once, then kept), or its joints over visibilities')
        .option('--split <SPLIT>', 'train, val, search-val, … (default: train)'),
      ['lab data classes city --split val'],
      '{ "split": "val", "pictures": 500, "unreadable": 0, "classes": [{ "id", "name", "pixels", "share", "pictures" }], "ignoredShare": 0.11, "sizes": […] }',
    ),
    host,
    classes,
  );
  handle<[string], SamplesOptions>(
    examples(
      data
        .command('samples')
        .argument('<name>', 'a registered data set')
        .description('list samples of a split; those that cannot be read with their cause')
        .option('--split <SPLIT>', 'train, val, search-val, … (default: val)')
        .option('--class <CLASS>', 'only those with this class, by name or number')
        .option('--filter <TEXT>', 'only those whose key has this in it')
        .option('--evaluation <ID>', 'an evaluation (lab evaluations): the IoU of each picture in it')
        .option('--sort <ORDER>', `${sorts.join(', ')} (default: index; the others need --evaluation)`, oneOf('--sort', sorts))
        .option('--limit <N>', 'at most so many (default: 20)', wholeNumber('--limit', 1, 200)),
      ['lab data samples city --class rider', 'lab data samples city --evaluation ev-3f9a12c07b --sort worst --limit 5'],
      '{ "total": 500, "samples": [{ "index", "key", "height", "width", "iou", "pixels", "problem": { "code", "message", "tip" } }] }',
    ),
    host,
    samples,
  );
  handle<[string], { restore?: boolean }>(
    examples(
      data
        .command('archive')
        .argument('<name>', 'a registered data set')
        .description('put a data set away: lists leave it out, experiments on it go on')
        .option('--restore', 'bring it back'),
      ['lab data archive city', 'lab data archive city --restore'],
    ),
    host,
    async (session, [name], { restore = false }) => {
      const dataset = await (await session.lab()).archiveDataset(name, !restore);
      return { document: dataset, text: restore ? `${name} is back.` : `${name} was put away; --restore brings it back.` };
    },
  );
}

async function classes(session: Session, [name]: [string], { split = 'train' }: { split?: string }): Promise<CommandResult> {
  const lab = await session.lab();
  if ((await lab.dataset(name)).task === 'keypoints') {
    const statistics = await lab.jointStatistics({ dataset: name, split });
    return { document: statistics, text: jointStatisticsText(statistics) };
  }
  const histogram = await followJob(session, lab, { kind: 'count-classes', unit: 'pictures', message: cutOff }, () =>
    lab.classHistogram({ dataset: name, split }),
  );
  const rows = histogram.classes.map((entry) => [entry.name, percent(entry.share, 2), String(entry.pixels), String(entry.pictures)]);
  const columns = [
    { title: 'class' },
    { title: 'of labelled pixels', align: 'right' },
    { title: 'pixels', align: 'right' },
    { title: 'pictures', align: 'right' },
  ] as const;
  const unreadable = histogram.unreadable === 0 ? '' : `, ${histogram.unreadable} unreadable`;
  const text = `${table(columns, rows)}\n\n${histogram.pictures} pictures of ${split}${unreadable}; ${percent(histogram.ignoredShare)} of all pixels are ignored`;
  return { document: histogram, text };
}

async function samples(session: Session, [name]: [string], options: SamplesOptions): Promise<CommandResult> {
  const { split = 'val', filter, sort, evaluation, limit = 20 } = options;
  if (sort !== undefined && sort !== 'index' && evaluation === undefined)
    throw new CliError('usage', `data samples: --sort ${sort} needs --evaluation ID.`, {
      tip: 'List the evaluations with: lab evaluations',
    });
  const lab = await session.lab();
  const classId = options.class === undefined ? undefined : classOf(await lab.dataset(name), options.class);
  const page = await followJob(session, lab, { kind: 'count-classes', unit: 'pictures', message: cutOff }, () =>
    lab.samples({
      dataset: name,
      split,
      limit,
      ...(classId === undefined ? {} : { classId }),
      ...(filter === undefined ? {} : { filter }),
      ...(sort === undefined ? {} : { sort }),
      ...(evaluation === undefined ? {} : { evaluation }),
    }),
  );
  const more = page.total > page.samples.length ? `${page.samples.length} of ${page.total}` : `${page.total}`;
  return { document: page, text: `${samplesTable(page.samples)}\n\n${more} ${page.total === 1 ? 'sample' : 'samples'} of ${split}` };
}

/** Samples as lists of every command show them. */
export function samplesTable(samplesShown: readonly SampleTile[]): string {
  const has = (key: 'iou' | 'pixels'): boolean => samplesShown.some((sample) => sample[key] !== undefined);
  const rows = samplesShown.map(({ index, key, height, width, iou, pixels, problem }) => [
    String(index),
    key,
    height === undefined ? '—' : `${height}x${width}`,
    ...(has('iou') ? [iou === undefined || iou === null ? '—' : percent(iou)] : []),
    ...(has('pixels') ? [String(pixels ?? '—')] : []),
    problem === undefined ? '' : `${problem.code}: ${problem.message}`,
  ]);
  return table(
    [
      { title: 'number', align: 'right' },
      { title: 'key' },
      { title: 'size' },
      ...(has('iou') ? [{ title: 'IoU', align: 'right' as const }] : []),
      ...(has('pixels') ? [{ title: 'pixels', align: 'right' as const }] : []),
      { title: '' },
    ],
    rows,
  );
}

/** A class by name or by train id. */
export function classOf({ classes: known }: Pick<DatasetView, 'classes'>, text: string): number {
  const found = known.find(({ id, name }) => name === text || String(id) === text);
  if (found !== undefined) return found.id;
  throw new CliError('unknown-class', `There is no class '${text}'; the classes are ${known.map(({ name }) => name).join(', ')}.`);
}
