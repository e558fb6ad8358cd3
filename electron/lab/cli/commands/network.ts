import type { Command } from 'commander';
import { architectureHelp } from '../architecture-argument.ts';
import { boxes, size } from '../arguments.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import type { EvaluateOptions } from '../evaluate.ts';
import { CliError } from '../failure.ts';
import type { PredictFolderOptions } from '../predict-folder.ts';
import { isOfPersons } from '../persons-output.ts';
import type { PredictPersonsOptions } from '../predict-persons.ts';
import type { PredictOptions } from '../predict.ts';
import type { CommandResult, Session } from '../session.ts';

export const weightsHelp =
  'safetensors with the official names, EXPERIMENT:tN, or fill (deterministic values); a trial as ARCH brings its own';

type PredictEither = Partial<PredictOptions> & Partial<PredictFolderOptions> & Partial<PredictPersonsOptions>;

/** `lab predict` and `evaluate`: networks with weights. What computes is loaded only when one of these runs. */
export function addNetworkCommands(program: Command, host: CommandHost): void {
  handle<[string], PredictEither>(
    examples(
      program
        .command('predict')
        .argument('<arch>', architectureHelp)
        .description('run a network on one input, or on every picture of a folder')
        .option('--weights <W>', weightsHelp)
        .option('--input <X>', 'one input: .npy [batch, height, width, channels], a PNG or JPEG, or fill:1x128x96x3')
        .option(
          '--output <Y>',
          'one input: .npy to write, the raw output; of key points also .json (joints) or .png (drawn over the picture)',
        )
        .option('--box <X,Y,W,H>', 'key points: a person in the picture; once for each (default: the whole picture)', boxes('--box'))
        .option('--images <DIR>', 'a folder: every PNG and JPEG in it, of any size (networks with the classes of Cityscapes)')
        .option('--overlay <DIR>', 'a folder: write the pictures with class colours over them')
        .option('--labels <DIR>', 'a folder: write label images of raw ids')
        .option(
          '--size <HxW>',
          "a folder: scale pictures to fit this size (default: the trial's, else as they are); key points: the crop of a person",
          size('--size'),
        )
        .option('--force', 'a folder: replace files that exist'),
      [
        'lab predict hr-nas:cs2 --weights fill --input fill:1x64x128x3 --output logits.npy',
        'lab predict hrnas-7f3a2c:t12 --input street.png --output logits.npy',
        'lab predict lite-hrnet:18 --weights lite-18.safetensors --input beach.jpg --box 120,40,80,200 --output joints.png',
        'lab predict hrnas-7f3a2c:t12 --images holiday --overlay holiday-classes --labels holiday-ids',
      ],
      '{ "input": [1, 64, 128, 3], "outputs": [{ "file", "shape", "mean", "std", "min", "max" }], "backend": "wasm", "seconds": 0.2 }\n' +
        '{ "input", "output", "persons": [{ "score": 0.81, "keypoints": [x, y, score, …] }], "backend", "seconds" }\n' +
        '{ "pictures": [{ "picture", "overlay", "labels", "height", "width" }], "failed": [{ "picture", "code", "message", "tip" }], "backend", "seconds" }',
    ),
    host,
    predictEither,
  );
  handle<[string], EvaluateOptions>(
    examples(
      program
        .command('evaluate')
        .argument('<arch>', architectureHelp)
        .description('the metric of a data set over a split')
        .option('--weights <W>', weightsHelp)
        .requiredOption('--data <NAME>', 'a registered data set')
        .option('--split <SPLIT>', 'train, val, search-val, … (default: val)')
        .option(
          '--input <HxW>',
          "scale pictures to fit this size (default: the trial's, else as they are); of key points: the crop of a person",
          size('--input'),
        )
        .option(
          '--boxes <B>',
          'key points: ground-truth (default), or a file of detected boxes, by its path or by its name beside the data set',
        )
        .option('--no-keep', 'tell the score and keep nothing (`lab evaluations` lists what was kept)'),
      ['lab evaluate hrnas-7f3a2c:t12 --data streets --split val', 'lab evaluate lite-hrnet:18 --weights lite-18.safetensors --data coco'],
      '{ "id": "ev-3f9a12c07b", "metrics": [{ "name": "mIoU", "value": 0.41, "split": "val" }], "details": { "classIou": […], "pixelAccuracy" }, "count": 50, … }\n' +
        'of key points: "metrics": AP, AP50, … ARL; "details": { "boxes", "persons", "names", "labelled", "similarity", "found", "resultsFile" }',
    ),
    host,
    async (session, [arch], options) => (await import('../evaluate.ts')).evaluate(session, arch, options),
  );
}

async function predictEither(session: Session, [arch]: [string], options: PredictEither): Promise<CommandResult> {
  const { input, output, images, overlay, labels, size: fit, force, box, ...rest } = options;
  if (input !== undefined && output !== undefined && images === undefined && isOfPersons(output, box)) {
    return (await import('../predict-persons.ts')).predictPersons(session, arch, { ...options, input, output });
  }
  const isOfFolder = [images, overlay, labels, fit, force, box].some((value) => value !== undefined);
  if (images !== undefined && input === undefined && output === undefined && box === undefined) {
    return (await import('../predict-folder.ts')).predictFolder(session, arch, { ...options, images });
  }
  if (isOfFolder || input === undefined || output === undefined) {
    throw new CliError(
      'usage',
      'predict takes --input X and --output Y for one input, or --images DIR with --overlay DIR or --labels DIR for a folder.',
      {
        tip: '`lab help predict` has an example of each.',
      },
    );
  }
  return (await import('../predict.ts')).predict(session, arch, { ...rest, input, output });
}
