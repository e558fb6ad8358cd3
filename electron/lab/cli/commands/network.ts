import type { Command } from 'commander';
import { architectureHelp } from '../architecture-argument.ts';
import { size } from '../arguments.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import type { EvaluateOptions } from '../evaluate.ts';
import type { PredictOptions } from '../predict.ts';

export const weightsHelp = 'safetensors with the official names, EXPERIMENT:tN, or fill (deterministic values); a trial as ARCH brings its own';

/** `lab predict` and `evaluate`: networks with weights. What computes is loaded only when one of these runs. */
export function addNetworkCommands(program: Command, host: CommandHost): void {
  handle<[string], PredictOptions>(
    examples(
      program.command('predict').argument('<arch>', architectureHelp).description('run a network on one input')
        .option('--weights <W>', weightsHelp)
        .requiredOption('--input <X>', '.npy [batch, height, width, channels], a PNG or JPEG, or fill:1x128x96x3')
        .requiredOption('--output <Y>', '.npy to write'),
      ['lab predict hr-nas:cs2 --weights fill --input fill:1x64x128x3 --output logits.npy', 'lab predict hrnas-7f3a2c:t12 --input street.png --output logits.npy'],
      '{ "input": [1, 64, 128, 3], "outputs": [{ "file", "shape", "mean", "std", "min", "max" }], "backend": "wasm", "seconds": 0.2 }',
    ),
    host,
    async (session, [arch], options) => (await import('../predict.ts')).predict(session, arch, options),
  );
  handle<[string], EvaluateOptions>(
    examples(
      program.command('evaluate').argument('<arch>', architectureHelp).description('the metric of a data set over a split')
        .option('--weights <W>', weightsHelp)
        .requiredOption('--data <NAME>', 'a registered data set')
        .option('--split <SPLIT>', 'train, val, search-val, … (default: val)')
        .option('--input <HxW>', 'scale pictures to fit this size (default: the trial\'s, else as they are)', size('--input')),
      ['lab evaluate hrnas-7f3a2c:t12 --data streets --split val'],
      '{ "metrics": [{ "name": "mIoU", "value": 0.41, "split": "val" }], "details": { "classIou": […], "pixelAccuracy" }, "count": 50, … }',
    ),
    host,
    async (session, [arch], options) => (await import('../evaluate.ts')).evaluate(session, arch, options),
  );
}
