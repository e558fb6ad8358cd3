import { resolve } from 'node:path';
import type { Command } from 'commander';
import { applySettings, parseSearchConfig } from '../../../../engine/search/config.ts';
import type { SearchConfig } from '../../../../engine/search/config.ts';
import { parseConfigText } from '../../../../engine/search/annotated-config.ts';
import { architectureHelp, resolveArchitecture, trialOf } from '../architecture-argument.ts';
import { collect, wholeNumber } from '../arguments.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import { CliError, exitCodes } from '../failure.ts';
import { readBytes, readText, writeFileWhole } from '../files.ts';
import { exitFor, follow } from '../follow.ts';
import { durationText, homeSuffix } from '../format.ts';
import { isScored } from '../front-view.ts';
import type { CommandResult, Session } from '../session.ts';
import { trialTable } from './experiments.ts';
import { startRequest } from '../start-request.ts';
import { presetName } from './search.ts';

interface FitOptions {
  readonly data: string;
  readonly config?: string;
  readonly preset?: string;
  readonly steps?: number;
  readonly set?: readonly string[];
  readonly weights?: string;
  readonly output?: string;
  readonly name?: string;
}

/** `lab fit`: an experiment of one trial, so it can be stopped, resumed and compared like any other. */
export function addFitCommand(program: Command, host: CommandHost): void {
  handle<[string], FitOptions>(
    examples(
      program
        .command('fit')
        .argument('<arch>', architectureHelp)
        .description("train one fixed network with its system's recipe; an experiment with one trial")
        .requiredOption('--data <NAME>', 'a registered data set')
        .option('--config <FILE>', 'a search configuration whose data, training and checkpoints are used')
        .option('--preset <P>', 'or a preset (default: desktop)')
        .option('--steps <N>', 'training steps (default: the published number)', wholeNumber('--steps', 1))
        .option('--set <PATH=VALUE>', 'change one value of the configuration; may be repeated', collect)
        .option('--weights <W>', 'start from a safetensors file or from EXPERIMENT:tN (default: new weights from the seed)')
        .option('--output <FILE>', 'also copy the trained weights there')
        .option('--name <NAME>', 'name to show (default: the id)'),
      [
        'lab fit hr-nas:cs2 --data city --steps 8000',
        'lab fit hrnas-7f3a2c:t12 --data streets --preset demo --steps 400 --output net.safetensors',
      ],
      '{ "id": "hrnas-91be04", "state": "complete", "trial": TRIAL, "seconds": 88.1 }',
    ),
    host,
    fit,
  );
}

async function fit(session: Session, [archText]: [string], options: FitOptions): Promise<CommandResult> {
  const { arch } = await resolveArchitecture(session, archText);
  const weights = options.weights === undefined ? '' : await weightsFile(session, options.weights);
  const config = configFor(session, options, { arch, weights });
  const lab = await session.lab();
  const experiment = await follow(
    session,
    lab,
    () => lab.startSearch(startRequest(config, session.options, options.name)),
    ({ id }) => session.output.line(id),
  );
  const trial = (await lab.trials(experiment.id))[0];
  const exit = exitFor(experiment);
  if (trial?.failure !== undefined)
    throw new CliError(trial.failure.code, trial.failure.message, {
      exit: exitCodes.failed,
      ...(trial.failure.tip === undefined ? {} : { tip: trial.failure.tip }),
    });
  const document = { id: experiment.id, state: experiment.state, trial: trial ?? null, seconds: experiment.seconds };
  if (experiment.state !== 'complete' || trial === undefined || !isScored(trial)) {
    return { document, exit, text: `${experiment.state}. Go on with: lab resume ${experiment.id}${homeSuffix(session.options)}` };
  }
  if (options.output !== undefined && trial.checkpoint !== undefined)
    writeFileWhole(options.output, readBytes(trial.checkpoint, 'the trained weights'));
  return {
    document,
    exit,
    text: `${trialTable([trial])}\nweights  ${options.output ?? trial.checkpoint ?? '—'}\ndone in ${durationText(experiment.seconds)}`,
  };
}

function configFor(
  { options: { seed } }: Session,
  options: FitOptions,
  network: { readonly arch: { readonly settings: object }; readonly weights: string },
): SearchConfig {
  if (options.config !== undefined && options.preset !== undefined)
    throw new CliError('usage', 'fit takes --config or --preset, not both.');
  const base =
    options.config === undefined
      ? { preset: presetName(options.preset ?? 'desktop') }
      : parseConfigText(readText(options.config, 'the configuration'), options.config);
  const settings = [
    `data.dataset=${JSON.stringify(options.data)}`,
    `space=${JSON.stringify(network.arch.settings)}`,
    `strategy=${JSON.stringify({ id: 'fixed', ...network })}`,
    ...(options.steps === undefined ? [] : [`strategy.steps=${options.steps}`]),
    ...(seed === undefined ? [] : [`seed=${seed}`]),
    ...(options.set ?? []),
  ];
  return parseSearchConfig(applySettings({ ...(base as object), strategy: {}, space: {} }, settings));
}

/** An absolute path, since the search runs in a process of its own and may be resumed from elsewhere. */
async function weightsFile(session: Session, text: string): Promise<string> {
  const path = /^[\w-]+:t\d+$/.test(text) ? (await trialOf(session, text)).checkpoint : text;
  if (path === undefined) throw new CliError('no-weights', `${text} has no weight file.`);
  readBytes(path, 'the weights');
  return resolve(path);
}
