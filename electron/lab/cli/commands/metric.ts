import type { Command } from 'commander';
import { pairPredictions, readScoredPair } from '../../../../datasets/cityscapes/evaluate-folders.ts';
import { OFFICIAL_SPLITS } from '../../../../datasets/cityscapes/splits.ts';
import type { OfficialSplit } from '../../../../datasets/cityscapes/splits.ts';
import { percent } from '../../../../engine/export/quantity.ts';
import { CityscapesScore } from '../../../../engine/metrics/segmentation-cityscapes.ts';
import type { CityscapesScores } from '../../../../engine/metrics/segmentation-cityscapes.ts';
import { oneOf } from '../arguments.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import { CliError } from '../failure.ts';
import { Progress } from '../progress.ts';
import type { CommandResult, Session } from '../session.ts';
import { splitUnlabelled } from '../split-unlabelled.ts';
import { table } from '../table.ts';

const kinds = ['cityscapes', 'coco-keypoints'] as const;
type Kind = (typeof kinds)[number];

interface MetricOptions {
  readonly truth: string;
  readonly predictions: string;
  readonly split?: OfficialSplit;
  readonly instances: boolean;
}

/** `lab metric`. */
export function addMetricCommand(program: Command, host: CommandHost): void {
  handle<[Kind], MetricOptions>(
    examples(
      program
        .command('metric')
        .argument('<kind>', kinds.join(', '), oneOf('KIND', kinds))
        .description('the official metric on official files')
        .requiredOption(
          '--truth <PATH>',
          'cityscapes: root of the data set, its gtFine, or a folder of labelIds and instanceIds files; coco-keypoints: the annotation file',
        )
        .requiredOption(
          '--predictions <PATH>',
          'cityscapes: label images of raw ids, one for each picture, named {city}_{seq}_{frame}*.png; coco-keypoints: the result file',
        )
        .option(
          '--split <SPLIT>',
          `cityscapes, of a whole data set: ${OFFICIAL_SPLITS.join(', ')} (default: val)`,
          oneOf('--split', OFFICIAL_SPLITS),
        )
        .option('--no-instances', 'cityscapes: score without instance maps; there is no iIoU then'),
      [
        'lab metric cityscapes --truth /data/cityscapes --predictions results',
        'lab metric cityscapes --truth gtFine/val --predictions results --json',
        'lab metric coco-keypoints --truth person_keypoints_val2017.json --predictions results.json',
      ],
      '{ "averages": { "classIoU": 0.49, "classIiou": 0.66, "categoryIoU": 0.62, "categoryIiou": 0.95 },\n  "classIoU": { "road": 0.71, … }, "classIiou", "categoryIoU", "categoryIiou", "confusion": [[truth, predicted, pixels], …] }\n' +
        '{ "stats": { "AP": 0.64, "AP50", "AP75", "APM", "APL", "AR", "AR50", "AR75", "ARM", "ARL" },\n  "byArea": { "all": { "APperThreshold": […], "ARperThreshold": […] }, "medium", "large" }, "oks": { "image": 7, "matrix": [[…], …], "note" } }',
    ),
    host,
    (session, [kind], options) => (kind === 'cityscapes' ? scoreCityscapes(session, options) : scoreKeypoints(options)),
  );
}

async function scoreKeypoints({ truth, predictions, split, instances }: MetricOptions): Promise<CommandResult> {
  if (split !== undefined || !instances) {
    throw new CliError('usage', 'metric coco-keypoints takes two files; --split and --no-instances belong to cityscapes.');
  }
  return (await import('../keypoints-metric.ts')).scoreKeypointFiles(truth, predictions);
}

async function scoreCityscapes(session: Session, { truth, predictions, split, instances }: MetricOptions): Promise<CommandResult> {
  const pairs = await pairPredictions(truth, predictions, split, instances ? 'scored' : 'left out');
  const score = new CityscapesScore();
  const progress = new Progress(session.output, 'pictures');
  try {
    for (const [i, paths] of pairs.entries()) {
      const pair = await readScoredPair(paths);
      score.add(pair.truth, pair.instances, pair.prediction);
      progress.update(i + 1, pairs.length);
    }
  } finally {
    progress.end();
  }
  if (Number.isNaN(score.pixelAccuracy())) throw splitUnlabelled('metric cityscapes', `the truth under ${truth}`);
  const scores = score.result();
  return {
    document: scores,
    text: `${scoresText(scores)}\n\n${pairs.length} pictures, pixel accuracy ${percent(score.pixelAccuracy(), 2)}`,
  };
}

function scoresText({ averages, classIoU, classIiou, categoryIoU, categoryIiou }: CityscapesScores): string {
  const rows = (ious: CityscapesScores['classIoU'], iious: CityscapesScores['classIiou']): string[][] =>
    Object.entries(ious).map(([name, value]) => [name, percent(value, 2), name in iious ? percent(iious[name], 2) : '']);
  return table(
    [{ title: '' }, { title: 'IoU', align: 'right' }, { title: 'iIoU', align: 'right' }],
    [
      ...rows(classIoU, classIiou),
      ['classes, mean', percent(averages.classIoU, 2), percent(averages.classIiou, 2)],
      ['', '', ''],
      ...rows(categoryIoU, categoryIiou),
      ['categories, mean', percent(averages.categoryIoU, 2), percent(averages.categoryIiou, 2)],
    ],
  );
}
