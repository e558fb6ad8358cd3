import type { Command } from 'commander';
import { OFFICIAL_SPLITS } from '../../../../datasets/cityscapes/splits.ts';
import { architectureHelp } from '../architecture-argument.ts';
import { oneOf, size } from '../arguments.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import { CliError } from '../failure.ts';
import type { CommandResult, Session } from '../session.ts';
import type { SubmissionOptions } from '../submission.ts';
import { weightsHelp } from './network.ts';

const kinds = ['cityscapes', 'coco-keypoints'] as const;

/** `lab submission`: predictions as an official evaluation takes them. */
export function addSubmissionCommand(program: Command, host: CommandHost): void {
  handle<[(typeof kinds)[number]], SubmissionOptions>(
    examples(
      program
        .command('submission')
        .argument('<kind>', kinds.join(', '), oneOf('KIND', kinds))
        .description(
          'predict a whole split and write a folder as the official evaluation takes it: one PNG of raw ids a picture, {city}_{seq}_{frame}*.png; or the result file of key points and its zip file',
        )
        .requiredOption('--arch <ARCH>', architectureHelp)
        .option('--weights <W>', weightsHelp)
        .requiredOption('--data <NAME>', 'a registered data set')
        .option('--split <SPLIT>', `${OFFICIAL_SPLITS.join(', ')} (default: test)`, oneOf('--split', OFFICIAL_SPLITS))
        .requiredOption('--out <DIR>', 'folder to write; to hand it in pack it: cd DIR && zip -r ../results.zip .')
        .option(
          '--size <HxW>',
          "scale pictures to fit this size (default: the trial's, else as they are); label images keep the pictures' size; of key points: the crop of a person",
          size('--size'),
        )
        .option('--boxes <B>', 'coco-keypoints: a file of detected boxes (test has no others), or ground-truth (default)')
        .option('--force', 'replace predictions of an earlier run'),
      [
        'lab submission cityscapes --arch hrnas-7f3a2c:t12 --data city --out results',
        'lab submission coco-keypoints --arch lite-hrnet:18 --weights lite-18.safetensors --data coco --split test --boxes detections.json --out results',
        'lab submission cityscapes --arch hr-nas:cs2 --weights cs2.safetensors --data city --split val --out val-results',
      ],
      '{ "kind": "cityscapes", "folder": "results", "split": "test", "files": 1525, "bytes": 41234567, "backend": "wasm", "seconds": 4211.5 }',
    ),
    host,
    submit,
  );
}

async function submit(session: Session, [kind]: [(typeof kinds)[number]], options: SubmissionOptions): Promise<CommandResult> {
  if (kind === 'coco-keypoints') return (await import('../keypoints-submission.ts')).keypointsSubmission(session, options);
  if (options.boxes !== undefined)
    throw new CliError('usage', 'submission cityscapes looks at whole pictures; --boxes belongs to coco-keypoints.');
  return (await import('../submission.ts')).cityscapesSubmission(session, options);
}
