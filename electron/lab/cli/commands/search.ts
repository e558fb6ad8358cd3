import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Json } from '../../../../db/store.ts';
import { annotatedConfig, parseConfigText } from '../../../../engine/search/annotated-config.ts';
import { applySettings, parseSearchConfig } from '../../../../engine/search/config.ts';
import type { PresetName, SearchConfig } from '../../../../engine/search/config.ts';
import { presets } from '../../../../engine/search/presets.ts';
import type { ExperimentView, ResumeOptions } from '../../../ipc/contract.ts';
import { deviceChoice } from '../../device-choice.ts';
import { collect } from '../arguments.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import { CliError } from '../failure.ts';
import { readText } from '../files.ts';
import { exitFor, follow } from '../follow.ts';
import { durationText, homeSuffix } from '../format.ts';
import { searchDocument } from '../search-document.ts';
import { startRequest } from '../start-request.ts';
import type { CommandResult, CommonOptions, Session } from '../session.ts';

interface SearchOptions {
  readonly preset?: string;
  readonly data?: string;
  readonly set?: readonly string[];
  readonly backbone?: string;
  readonly name?: string;
  readonly dryRun?: boolean;
}

export const searchJson = '{ "id": "hrnas-7f3a2c", "state": "complete", "front": [TRIAL, …], "best": TRIAL, "seconds": 131.5 }';

/** `lab search`, `config`, `stop`, `resume`, `fork`. */
export function addSearchCommands(program: Command, host: CommandHost): void {
  handle<[string | undefined], SearchOptions>(
    examples(
      program
        .command('search')
        .argument('[config]', 'a configuration file (JSON, comments allowed), or - for standard input')
        .description('start a search and follow it; Ctrl-C stops it after the running step and keeps it')
        .option('--preset <P>', `start from a preset: ${Object.keys(presets).join(', ')}`)
        .option('--data <NAME>', 'a registered data set')
        .option('--set <PATH=VALUE>', 'change one value of the configuration; may be repeated', collect)
        .option('--backbone <FILE>', 'DPC: weights of the backbone (safetensors) in place of training one')
        .option('--name <NAME>', 'name to show (default: the id)')
        .option('--dry-run', 'say what it would take and start nothing'),
      ['lab search my-search.json', 'lab search --preset demo --data city --set strategy.penalties=[0.001,0.004] --dry-run'],
      searchJson,
    ),
    host,
    startOrPlan,
  );
  handle<[string]>(
    examples(
      program
        .command('config')
        .argument('<preset>', Object.keys(presets).join(', '))
        .description('print a complete configuration with comments'),
      ['lab config demo > my-search.json'],
    ),
    host,
    (_, [preset]) => {
      const name = presetName(preset);
      return { document: presets[name], text: annotatedConfig(name) };
    },
  );
  addRunningCommands(program, host);
}

function addRunningCommands(program: Command, host: CommandHost): void {
  handle<[string], { now?: boolean }>(
    examples(
      program
        .command('stop')
        .argument('<id>', 'a running experiment')
        .description('finish the running step, write a checkpoint, free the device')
        .option('--now', 'do not wait for the step'),
      ['lab stop hrnas-7f3a2c'],
    ),
    host,
    async (session, [id], { now }) => {
      const experiment = await (await session.lab()).stopSearch(id, { now: now ?? false });
      return {
        document: experiment,
        text: `${experiment.id} is ${experiment.state} at step ${experiment.progress.step}. Go on with: lab resume ${experiment.id}${homeSuffix(session.options)}`,
      };
    },
  );
  handle<[string], ResumeOptions>(
    examples(
      program
        .command('resume')
        .argument('<id>', 'a stopped or interrupted experiment')
        .description('continue exactly where it was')
        .option('--from-earlier', 'when its newest checkpoint is missing or damaged: go back to an earlier one, or to the beginning')
        .option('--other-machine', 'also where arithmetic differs in the last bits: results then do not equal an uninterrupted run'),
      ['lab resume hrnas-7f3a2c'],
      searchJson,
    ),
    host,
    async (session, [id], options) => followToEnd(session, async () => (await session.lab()).resumeSearch(id, options)),
  );
  handle<[string], Pick<SearchOptions, 'set' | 'name' | 'data'>>(
    examples(
      program
        .command('fork')
        .argument('<id>', 'an experiment')
        .description('start a new search with the configuration of another one, changed')
        .option('--set <PATH=VALUE>', 'change one value of the configuration; may be repeated', collect)
        .option('--data <NAME>', 'another registered data set')
        .option('--name <NAME>', 'name to show (default: the id)'),
      ['lab fork hrnas-7f3a2c --set train.learningRate=0.02'],
      searchJson,
    ),
    host,
    async (session, [id], { set, name, data }) =>
      followToEnd(session, async () =>
        (await session.lab()).forkSearch({
          id,
          set: (set ?? []).map(settingPair),
          ...(name === undefined ? {} : { name }),
          ...(data === undefined ? {} : { dataset: data }),
          ...deviceChoice(session.options),
        }),
      ),
  );
}

async function startOrPlan(session: Session, [file]: [string | undefined], options: SearchOptions): Promise<CommandResult> {
  const config = configOf(file, options, session.options);
  if (options.dryRun === true) {
    const { dryRun } = await import('../dry-run.ts');
    return dryRun(session, config);
  }
  return followToEnd(session, async () => (await session.lab()).startSearch(startRequest(config, session.options, options.name)));
}

/** The complete configuration from a file, a preset and `--set`; it must name a data set. */
function configOf(file: string | undefined, options: SearchOptions, common: CommonOptions): SearchConfig {
  if (file !== undefined && options.preset !== undefined) {
    throw new CliError('usage', 'search takes a configuration file or --preset, not both.', {
      tip: 'A file may name its preset: { "preset": "demo", … }.',
    });
  }
  if (file === undefined && options.preset === undefined) {
    throw new CliError('usage', 'search needs a configuration file or --preset.', {
      tip: '`lab config demo > my-search.json` writes one to start from.',
    });
  }
  const written =
    file === undefined
      ? { preset: presetName(options.preset ?? '') }
      : parseConfigText(readText(file, 'the search configuration'), file === '-' ? 'standard input' : file);
  const named = options.data === undefined ? written : applySettings(written, [`data.dataset=${JSON.stringify(options.data)}`]);
  const seeded = common.seed === undefined ? named : applySettings(named, [`seed=${common.seed}`]);
  const backbone = options.backbone === undefined ? [] : [`proxy.weights=${JSON.stringify(resolve(options.backbone))}`];
  const set = [...backbone, ...(options.set ?? [])];
  const config = parseSearchConfig(applySettings(seeded, set));
  if (config.data.dataset === '') {
    throw new CliError('usage', 'search needs a data set: --data NAME, or data.dataset in the configuration.', {
      tip: '`lab data ls` lists the registered ones.',
    });
  }
  return config;
}

async function followToEnd(session: Session, start: () => Promise<ExperimentView>): Promise<CommandResult> {
  const lab = await session.lab();
  const experiment = await follow(session, lab, start, ({ id, environment }) => {
    session.output.line(id);
    session.output.notice(`computes on ${environment.backend}, data ${environment.dataset.name}; Ctrl-C stops and keeps it`);
  });
  const { document, text } = await searchDocument(lab, experiment);
  const exit = exitFor(experiment);
  const next = experiment.state === 'complete' ? `lab front ${experiment.id} --svg front.svg` : `lab resume ${experiment.id}`;
  return {
    document,
    exit,
    text: `${text}\n${experiment.state} after ${durationText(experiment.seconds)}. Next: ${next}${homeSuffix(session.options)}`,
  };
}

export function presetName(text: string): PresetName {
  if (!Object.hasOwn(presets, text)) {
    throw new CliError('unknown-preset', `There is no preset '${text}'; there are ${Object.keys(presets).join(', ')}.`);
  }
  return text as PresetName;
}

/** 'a.b=0.1' as ['a.b', 0.1]: JSON where the value parses as JSON, else text. */
export function settingPair(setting: string): readonly [string, Json] {
  const equals = setting.indexOf('=');
  if (equals < 1)
    throw new CliError('usage', `--set expects path=value, got '${setting}'.`, { tip: 'For example --set train.learningRate=0.02' });
  const text = setting.slice(equals + 1);
  try {
    return [setting.slice(0, equals), JSON.parse(text) as Json];
  } catch {
    return [setting.slice(0, equals), text];
  }
}
