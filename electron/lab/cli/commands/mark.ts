import type { Command } from 'commander';
import type { TrialAnnotationChange } from '../../../../db/store.ts';
import { collect, finiteNumber, quantityArgument, trialNumber } from '../arguments.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import { CliError } from '../failure.ts';
import { percent, quantity } from '../../../../engine/export/quantity.ts';

interface MarkOptions {
  readonly star?: boolean;
  readonly shortlist?: boolean;
  readonly exclude?: string;
  readonly include?: boolean;
  readonly note?: string;
  readonly tag?: readonly string[];
}

/** `lab mark` and `lab reference`: what people say of trials, and against what hypervolumes are measured. */
export function addMarkCommands(program: Command, host: CommandHost): void {
  handle<[string, string[]], MarkOptions>(
    examples(
      program
        .command('mark')
        .argument('<id>', 'an experiment')
        .argument('<trials...>', 'trials: t12 t187')
        .description('star, shortlist, tag or note trials, or leave them out of analyses; the trials themselves never change')
        .option('--star', 'star them')
        .option('--no-star', 'take the star back')
        .option('--shortlist', 'put them on the shortlist')
        .option('--no-shortlist', 'take them off it')
        .option('--exclude <REASON>', 'leave them out of fronts and best trials, and say why')
        .option('--include', 'take them into analyses again')
        .option('--note <TEXT>', 'replace the note')
        .option('--tag <TAG>', 'replace the tags; may be given several times', collect),
      [
        'lab mark hrnas-7f3a2c t12 --star',
        'lab mark hrnas-7f3a2c t41 t42 --exclude "the disk was full"',
        'lab mark hrnas-7f3a2c t41 --include',
      ],
      '{ "annotations": [{ "number", "isStarred", "isShortlisted", "tags", "note", "exclusion" }, …], "before": [CHANGE, …] }',
    ),
    host,
    async (session, [id, trials], options) => {
      const change = changeOf(options);
      if (Object.keys(change).length === 0)
        throw new CliError('usage', 'mark: nothing to change was named; for example --star or --exclude REASON.');
      const numbers = trials.map(trialNumber);
      const result = await (await session.lab()).annotateTrials(id, numbers, change);
      const text = result.annotations.map((annotation) => {
        const words = [
          ...(annotation.isStarred ? ['starred'] : []),
          ...(annotation.isShortlisted ? ['on the shortlist'] : []),
          ...(annotation.exclusion === undefined ? [] : [`excluded: ${annotation.exclusion}`]),
          ...(annotation.tags.length === 0 ? [] : [`tags ${annotation.tags.join(', ')}`]),
          ...(annotation.note === '' ? [] : [`note: ${annotation.note}`]),
        ];
        return `t${annotation.number}: ${words.length === 0 ? 'no marks' : words.join('; ')}`;
      });
      return { document: { ...result }, text: text.join('\n') };
    },
  );
  handle<[string], { macs?: number; metric?: number; note?: string }>(
    examples(
      program
        .command('reference')
        .argument('<id>', 'an experiment')
        .description('the reference point of its hypervolume; another one needs --macs, --metric and --note')
        .option('--macs <M>', 'MACs, for example 10G', quantityArgument('--macs'))
        .option('--metric <V>', 'the metric as a fraction, for example 0.5', finiteNumber('--metric'))
        .option('--note <TEXT>', 'why it is not the one that was frozen when the experiment started'),
      ['lab reference hrnas-7f3a2c', 'lab reference hrnas-7f3a2c --macs 10G --metric 0.5 --note "as in table 2"'],
      '{ "macs": 1e10, "metric": 0.5, "note": "as in table 2" }',
    ),
    host,
    async (session, [id], { macs, metric, note }) => {
      const lab = await session.lab();
      if (macs === undefined && metric === undefined && note === undefined) {
        const reference = (await lab.frontView({ ids: [id] })).experiments[0]?.reference;
        if (reference === undefined)
          throw new CliError('no-reference', `${id} has no reference point.`, { tip: 'Set one with --macs, --metric and --note.' });
        return { document: { ...reference }, text: referenceText(reference) };
      }
      if (macs === undefined || metric === undefined)
        throw new CliError('usage', 'reference: another point needs both --macs and --metric.');
      const reference = await lab.editReference(id, { macs, metric }, note ?? '');
      return { document: { ...reference }, text: referenceText(reference) };
    },
  );
}

function referenceText({ macs, metric, note }: { readonly macs: number; readonly metric: number; readonly note?: string }): string {
  return `${quantity(macs, 'MACs')} and ${percent(metric)}${note === undefined ? ' (frozen when it started)' : `: ${note}`}`;
}

function changeOf({ star, shortlist, exclude, include, note, tag }: MarkOptions): TrialAnnotationChange {
  if (exclude !== undefined && include === true) throw new CliError('usage', 'mark: --exclude and --include cannot be given together.');
  return {
    ...(star === undefined ? {} : { isStarred: star }),
    ...(shortlist === undefined ? {} : { isShortlisted: shortlist }),
    ...(exclude === undefined ? {} : { exclusion: exclude }),
    ...(include === true ? { exclusion: null } : {}),
    ...(note === undefined ? {} : { note }),
    ...(tag === undefined ? {} : { tags: tag }),
  };
}
