import type { Command } from 'commander';
import type { ExperimentView, TrialView } from '../../../ipc/contract.ts';
import { percent, quantity } from '../../../../engine/export/quantity.ts';
import { wholeNumber } from '../arguments.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import { bytesText, durationText, timeText } from '../format.ts';
import { facts, table } from '../table.ts';

const idArgument = ['<id>', 'an experiment; the beginning of its id is enough'] as const;

/** `lab ls`, `show`, `trials`, `log`, `archive`, `rm`, `tag`, `note`: reading and annotating experiments. */
export function addExperimentCommands(program: Command, host: CommandHost): void {
  const list = program
    .command('ls')
    .description('list the experiments, newest first')
    .option('--archived', 'those that were put away instead');
  handle<[], { archived?: boolean }>(examples(list, ['lab ls', 'lab ls --archived']), host, async (session, _, { archived = false }) => {
    const all = await (await session.lab()).experiments();
    const experiments = all.filter(({ archivedAt }) => (archivedAt !== undefined) === archived);
    const text =
      experiments.length === 0
        ? emptyText(all.length, archived)
        : table(
            [
              { title: 'id' },
              { title: 'state' },
              { title: 'progress', align: 'right' },
              { title: 'trials', align: 'right' },
              { title: 'data' },
              { title: 'time', align: 'right' },
              { title: 'started' },
              { title: 'name, tags' },
            ],
            experiments.map(experimentRow),
          );
    return { document: { experiments }, text };
  });
  handle<[string]>(
    examples(
      program
        .command('show')
        .argument(...idArgument)
        .description('describe an experiment'),
      ['lab show hrnas-7f3a2c'],
    ),
    host,
    async (session, [id]) => {
      const experiment = await (await session.lab()).experiment(id);
      return { document: experiment, text: describeExperiment(experiment) };
    },
  );
  handle<[string]>(
    examples(
      program
        .command('trials')
        .argument(...idArgument)
        .description('list the trials of an experiment'),
      ['lab trials hrnas-7f3a2c'],
    ),
    host,
    async (session, [id]) => {
      const trials = await (await session.lab()).trials(id);
      return { document: { trials }, text: trials.length === 0 ? 'No trials yet.' : trialTable(trials) };
    },
  );
  handle<[string], { limit?: number }>(
    examples(
      program
        .command('log')
        .argument(...idArgument)
        .description('what an experiment said, oldest first')
        .option('--limit <N>', 'only the newest N lines', wholeNumber('--limit', 1)),
      ['lab log hrnas-7f3a2c --limit 20'],
    ),
    host,
    async (session, [id], { limit }) => {
      const log = await (await session.lab()).log(id, limit === undefined ? {} : { limit });
      const lines = log.map((record) => `${timeText(record.time)}  ${record.level.padEnd(5)}  ${record.message}`);
      return { document: { log }, text: lines.join('\n') };
    },
  );
  addAnnotations(program, host);
}

function emptyText(all: number, archived: boolean): string {
  if (archived) return 'No experiment was put away.';
  return all === 0 ? 'No experiments yet. `lab demo` runs one in minutes.' : 'All experiments were put away: lab ls --archived';
}

function addAnnotations(program: Command, host: CommandHost): void {
  handle<[string[]], { undo?: boolean }>(
    examples(
      program
        .command('archive')
        .argument('<ids...>', 'experiments; the beginning of an id is enough')
        .description('put experiments away: they stay, lists leave them out')
        .option('--undo', 'bring them back instead'),
      ['lab archive hrnas-7f3a2c', 'lab archive hrnas-7f3a2c --undo'],
    ),
    host,
    async (session, [ids], { undo }) => {
      const experiments = (await (await session.lab()).archiveExperiments(ids, undo !== true)).map(({ experiment }) => experiment);
      const names = experiments.map(({ id }) => id).join(', ');
      return { document: { experiments }, text: undo === true ? `Brought back: ${names}` : `Put away: ${names}` };
    },
  );
  handle<[string]>(
    examples(
      program
        .command('rm')
        .argument(...idArgument)
        .description('remove an experiment with its weight files'),
      ['lab rm hrnas-7f3a2c'],
    ),
    host,
    async (session, [id]) => {
      const { freedBytes } = await (await session.lab()).removeExperiment(id);
      return { document: { removed: id, freedBytes }, text: `Removed ${id}: ${bytesText(freedBytes)} freed.` };
    },
  );
  handle<[string, string[]], { remove?: boolean }>(
    examples(
      program
        .command('tag')
        .argument(...idArgument)
        .argument('<tags...>', 'words to add')
        .description('tag an experiment')
        .option('--remove', 'take the tags away instead'),
      ['lab tag hrnas-7f3a2c paper', 'lab tag hrnas-7f3a2c paper --remove'],
    ),
    host,
    async (session, [id, words], { remove }) => {
      const lab = await session.lab();
      const { tags } = await lab.experiment(id);
      const changed = remove === true ? tags.filter((tag) => !words.includes(tag)) : [...new Set([...tags, ...words])];
      const experiment = await lab.annotate(id, { tags: changed });
      return { document: experiment, text: `${experiment.id}: ${experiment.tags.join(', ') || 'no tags'}` };
    },
  );
  handle<[string, string]>(
    examples(
      program
        .command('note')
        .argument(...idArgument)
        .argument('<text>', 'replaces the note; an empty text removes it')
        .description('write a note beside an experiment'),
      ['lab note hrnas-7f3a2c "half the crop, see the meeting of Tuesday"'],
    ),
    host,
    async (session, [id, note]) => {
      const experiment = await (await session.lab()).annotate(id, { note });
      return { document: experiment, text: `${experiment.id}: ${experiment.note === '' ? 'no note' : experiment.note}` };
    },
  );
}

function experimentRow(experiment: ExperimentView): string[] {
  return [
    experiment.id,
    experiment.state,
    progressText(experiment),
    String(experiment.progress.trials.complete),
    experiment.environment.dataset.name,
    durationText(experiment.seconds),
    timeText(experiment.createdAt),
    [experiment.name === experiment.id ? '' : experiment.name, ...experiment.tags.map((tag) => `#${tag}`)]
      .filter((word) => word !== '')
      .join(' '),
  ];
}

function progressText({ progress: { step, totalSteps } }: ExperimentView): string {
  return totalSteps === 0 ? '—' : percent(step / totalSteps, 0);
}

export function describeExperiment(experiment: ExperimentView): string {
  const { environment, progress, failure } = experiment;
  const { dataset } = environment;
  const trials = Object.entries(progress.trials)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`);
  const runner = experiment.runnerPid === undefined ? '' : `, process ${experiment.runnerPid}`;
  return facts([
    ['id', experiment.id],
    ['name', experiment.name],
    ['state', `${experiment.state}${runner}`],
    ['reason', failure === undefined ? undefined : `${failure.message}${failure.tip === undefined ? '' : `\nTip: ${failure.tip}`}`],
    ['progress', `step ${progress.step} of ${progress.totalSteps} (${progressText(experiment)}), resumes from ${progress.checkpointStep}`],
    ['trials', trials.join(', ')],
    ['system', experiment.system],
    ['data', `${dataset.name} (${dataset.kind}, ${dataset.root})`],
    ['computes on', `${environment.backend}, ${environment.threads} ${environment.threads === 1 ? 'thread' : 'threads'}`],
    ['time', durationText(experiment.seconds)],
    ['started', timeText(experiment.createdAt)],
    ['from', experiment.origin],
    ['tags', experiment.tags.join(', ')],
    ['note', experiment.note],
    ['folder', experiment.folder],
    ...configRows(experiment.config),
  ]);
}

/** The configuration section by section: plain values together, then one line an object. */
function configRows(config: ExperimentView['config']): (readonly [string, string])[] {
  const entries = Object.entries(config as Readonly<Record<string, unknown>>);
  const isSection = (value: unknown): boolean => typeof value === 'object' && value !== null;
  const plain = entries.filter(([, value]) => !isSection(value)).map(([key, value]) => `${key} ${String(value)}`);
  const sections = entries.filter(([, value]) => isSection(value)).map(([key, value]) => [`  ${key}`, JSON.stringify(value)] as const);
  return [['config', plain.join(', ')], ...sections];
}

/** One line a trial; what a trial does not have (yet) is a dash. */
export function trialTable(trials: readonly TrialView[]): string {
  return table(
    [
      { title: 'trial' },
      { title: 'state' },
      { title: 'role' },
      { title: 'series' },
      { title: metricTitle(trials), align: 'right' },
      { title: 'MACs', align: 'right' },
      { title: 'params', align: 'right' },
      { title: 'steps', align: 'right' },
      { title: 'architecture' },
    ],
    trials.map((trial) => [
      `t${trial.number}${trial.attempt > 1 ? ` (attempt ${trial.attempt})` : ''}`,
      trial.failure === undefined ? trial.state : `${trial.state}: ${trial.failure.code}`,
      trial.role ?? '—',
      trial.series ?? '—',
      percent(trial.metrics[0]?.value),
      trial.cost === undefined ? '—' : quantity(trial.cost.macs, ''),
      trial.cost === undefined ? '—' : quantity(trial.cost.params, ''),
      trial.steps === undefined ? '—' : String(trial.steps),
      `#${trial.hash.slice(0, 8)}`,
    ]),
  );
}

function metricTitle(trials: readonly TrialView[]): string {
  const metric = trials.flatMap((trial) => trial.metrics)[0];
  return metric === undefined ? 'metric' : `${metric.name} (${metric.split}, ${metric.kind})`;
}
