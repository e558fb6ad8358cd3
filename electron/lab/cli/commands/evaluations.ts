import type { Command } from 'commander';
import { percent, quantity } from '../../../../engine/export/quantity.ts';
import type { EvaluationDetail } from '../../../ipc/evaluations.ts';
import { wholeNumber } from '../arguments.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import { CliError } from '../failure.ts';
import { textOf } from '../evaluate.ts';
import { timeText } from '../format.ts';
import type { CommandResult, Session } from '../session.ts';
import { table } from '../table.ts';
import { classOf, samplesTable } from './data-browse.ts';

/** Mistakes that are shown of a matrix. */
const shownMistakes = 8;

interface ListOptions {
  readonly data?: string;
  readonly remove?: boolean;
}

interface ConfusionOptions {
  readonly truth: string;
  readonly predicted: string;
  readonly limit?: number;
}

/** `lab evaluations` and `confusion`. */
export function addEvaluationCommands(program: Command, host: CommandHost): void {
  handle<[string | undefined], ListOptions>(
    examples(
      program
        .command('evaluations')
        .argument('[id]', 'one of them: IoU of every class and the most frequent mistakes, or figures of every joint')
        .description('networks that were judged on data sets with `lab evaluate`')
        .option('--data <NAME>', 'only those on this data set')
        .option('--remove', 'forget the one that is named'),
      ['lab evaluations --data streets', 'lab evaluations ev-3f9a12c07b'],
      '{ "evaluations": [{ "id", "dataset", "split", "label", "metrics", "count", … }] }, or one with "confusion" [truth × predicted]',
    ),
    host,
    evaluations,
  );
  handle<[string], ConfusionOptions>(
    examples(
      program
        .command('confusion')
        .argument('<id>', 'an evaluation')
        .description('the pictures in which one class was taken for another, most pixels first')
        .requiredOption('--truth <CLASS>', 'class of the labels, by name or number')
        .requiredOption('--predicted <CLASS>', 'class of the predictions')
        .option('--limit <N>', 'at most so many (default: 20)', wholeNumber('--limit', 1, 200)),
      ['lab confusion ev-3f9a12c07b --truth rider --predicted person'],
      '{ "total": 12, "samples": [{ "index", "key", "pixels", "iou", … }] }',
    ),
    host,
    confusion,
  );
}

async function evaluations(session: Session, [id]: [string | undefined], { data, remove = false }: ListOptions): Promise<CommandResult> {
  const lab = await session.lab();
  if (id === undefined) {
    if (remove) throw new CliError('usage', 'evaluations --remove needs the id of one of them.');
    const list = await lab.evaluations(data === undefined ? {} : { dataset: data });
    const rows = list.map((entry) => [
      entry.id,
      entry.label,
      `${entry.dataset} ${entry.split}`,
      entry.metrics
        .slice(0, 1)
        .map(({ name, value }) => `${name} ${percent(value ?? NaN)}`)
        .join(', '),
      quantity(entry.macs, 'MACs'),
      timeText(entry.createdAt),
    ]);
    const columns = [{ title: 'id' }, { title: 'network' }, { title: 'data' }, { title: 'score' }, { title: 'cost' }, { title: 'when' }];
    return {
      document: { evaluations: list },
      text: rows.length === 0 ? 'No evaluations yet: lab evaluate ARCH --data NAME' : table(columns, rows),
    };
  }
  if (remove) {
    await lab.removeEvaluation(id);
    return { document: { removed: id }, text: `Forgot ${id}.` };
  }
  const evaluation = await lab.evaluation(id);
  return {
    document: evaluation,
    text: `${evaluation.label} on ${evaluation.dataset}\n\n${textOf(evaluation)}${evaluation.keypoints === undefined ? `\n\n${mistakesText(evaluation)}` : ''}`,
  };
}

function mistakesText({ classes, confusion: counts }: EvaluationDetail): string {
  const size = classes.length;
  const nameOf = (id: number): string => classes[id]?.name ?? String(id);
  const labelled = (truth: number): number => counts.slice(truth * size, (truth + 1) * size).reduce((sum, count) => sum + count, 0);
  const mistakes = counts
    .map((pixels, cell) => ({ truth: Math.floor(cell / size), predicted: cell % size, pixels }))
    .filter(({ truth, predicted, pixels }) => truth !== predicted && pixels > 0)
    .sort((a, b) => b.pixels - a.pixels)
    .slice(0, shownMistakes);
  const rows = mistakes.map(({ truth, predicted, pixels }) => [
    nameOf(truth),
    nameOf(predicted),
    String(pixels),
    percent(pixels / labelled(truth)),
  ]);
  const right = 'right' as const;
  return table(
    [{ title: 'truth' }, { title: 'taken for' }, { title: 'pixels', align: right }, { title: 'of the class', align: right }],
    rows,
  );
}

async function confusion(session: Session, [id]: [string], { truth, predicted, limit = 20 }: ConfusionOptions): Promise<CommandResult> {
  const lab = await session.lab();
  const evaluation = await lab.evaluation(id);
  const page = await lab.confusionSamples({
    evaluation: id,
    truth: classOf(evaluation, truth),
    predicted: classOf(evaluation, predicted),
    limit,
  });
  const summary = `${page.total} ${page.total === 1 ? 'picture' : 'pictures'} in which ${truth} was taken for ${predicted}`;
  return { document: page, text: page.total === 0 ? summary : `${samplesTable(page.samples)}\n\n${summary}` };
}
