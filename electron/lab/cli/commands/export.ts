import { resolve } from 'node:path';
import type { Command } from 'commander';
import { architectureHelp, refOf, trialOf } from '../architecture-argument.ts';
import { size } from '../arguments.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import { CliError } from '../failure.ts';
import { bytesText, homeSuffix } from '../format.ts';
import type { CommandResult, Session } from '../session.ts';
import { weightsHelp } from './network.ts';

interface ExportOptions {
  readonly weights?: string;
  readonly input?: readonly [number, number];
  readonly onnx?: string;
  readonly safetensors?: string;
  readonly tfjs?: string;
  readonly naslab?: string;
  readonly states: boolean;
}

const formats = ['onnx', 'safetensors', 'tfjs'] as const;

/** `lab export` (a network, or a whole experiment) and `lab import` (an experiment). */
export function addExportCommands(program: Command, host: CommandHost): void {
  handle<[string], ExportOptions>(
    examples(
      program
        .command('export')
        .argument('<what>', `a network: ${architectureHelp}; with --naslab an experiment`)
        .description('take a network away (--onnx, --tfjs, --safetensors), or a whole experiment to another home (--naslab)')
        .option('--onnx <FILE>', 'a network: write it as ONNX (opset 18; maps as [batch, channels, height, width])')
        .option('--tfjs <DIR>', 'a network: write it as a TensorFlow.js graph model')
        .option('--safetensors <FILE>', 'a network: write its weights under official names, the architecture as metadata')
        .option(
          '--input <HxW>',
          'a network: size in pixels, height first (default: as its trial was measured, else as published)',
          size('--input'),
        )
        .option('--weights <W>', `a network: ${weightsHelp}`)
        .option(
          '--naslab <FILE>',
          'an experiment: write its record, trials, scalars, log and weight files; `lab import FILE` adds it elsewhere',
        )
        .option('--no-states', 'an experiment: leave out the training states of one that can be resumed'),
      [
        'lab export hrnas-7f3a2c:t12 --onnx street-net.onnx',
        'lab export hrnas-7f3a2c:t12 --tfjs street-net',
        'lab export hr-nas:cs2 --weights trained.safetensors --safetensors cs2.safetensors',
        'lab export hrnas-7f3a2c --naslab street-search.naslab',
      ],
      '{ "file": "/data/street-net.onnx", "name": "street-net.onnx", "bytes": 1234567, "tensors": 812, "params": 301234 }\n' +
        '{ "id": "hrnas-7f3a2c", "file": "/data/street-search.naslab", "bytes": 12345678, "files": 13, "trials": 12, "hasStates": false, "missing": [] }',
    ),
    host,
    exportEither,
  );
  handle<[string]>(
    examples(
      program
        .command('import')
        .argument('<file>', 'written by `lab export ID --naslab FILE`')
        .description('add an experiment that was exported from another home; it keeps its id unless that is taken'),
      ['lab import street-search.naslab'],
      '{ "experiment": { "id": "hrnas-7f3a2c", "state": "complete", … }, "exportedId": "hrnas-7f3a2c" }',
    ),
    host,
    importOne,
  );
}

async function exportEither(session: Session, [what]: [string], options: ExportOptions): Promise<CommandResult> {
  const { weights, input, naslab, states } = options;
  const wanted = formats.filter((format) => options[format] !== undefined);
  const [format] = wanted;
  if (naslab === undefined && format !== undefined && wanted.length === 1 && states) {
    const ref = await refOf(session, what);
    const document = await (
      await session.lab()
    ).exportNetwork(ref, {
      format,
      target: resolve(options[format] ?? ''),
      ...(input === undefined ? {} : { input }),
      ...(weights === undefined ? {} : { weights: await weightsFile(session, weights) }),
    });
    return { document, text: `wrote ${document.file}: ${document.tensors} tensors, ${bytesText(document.bytes)}` };
  }
  if (naslab === undefined || format !== undefined || weights !== undefined || input !== undefined) {
    throw new CliError(
      'usage',
      'export takes one of --onnx FILE, --tfjs DIR and --safetensors FILE (and --weights W, --input HxW) for a network, or --naslab FILE (and --no-states) for an experiment.',
      {
        tip: '`lab help export` has an example of each.',
      },
    );
  }
  const report = await (await session.lab()).exportExperiment(what, naslab, { withStates: states });
  const lines = [
    `wrote ${report.file}: ${report.id} with ${report.trials} trials and ${report.files} files, ${bytesText(report.bytes)}`,
    ...(report.hasStates ? ['It can be resumed where it is imported.'] : []),
    ...report.missing.map((file) => `left out, since it is gone: ${file}`),
  ];
  return { document: report, text: lines.join('\n') };
}

async function importOne(session: Session, [file]: [string]): Promise<CommandResult> {
  const imported = await (await session.lab()).importExperiment(file);
  const { experiment, exportedId } = imported;
  const renamed = experiment.id === exportedId ? '' : ` (it was ${exportedId}; that id is taken here)`;
  const lines = [
    `Imported ${experiment.id}${renamed}: ${experiment.state}, ${experiment.progress.trials.complete} complete trials.`,
    ...(experiment.failure === undefined ? [] : [experiment.failure.message]),
    `Look at it: lab show ${experiment.id}${homeSuffix(session.options)}`,
  ];
  return { document: imported, text: lines.join('\n') };
}

/** W as the operation takes it: 'fill', a trial's own file, or a path. */
async function weightsFile(session: Session, text: string): Promise<string> {
  if (!/^[\w-]+:t\d+$/.test(text)) return text === 'fill' ? text : resolve(text);
  const trial = await trialOf(session, text);
  if (trial.checkpoint === undefined) throw new CliError('no-weights', `${text} has no weight file.`);
  return trial.checkpoint;
}
