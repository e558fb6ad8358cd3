import type { Command } from 'commander';
import { frontCsv } from '../../../../engine/export/front-csv.ts';
import { frontLatex } from '../../../../engine/export/front-latex.ts';
import type { FrontAxis, FrontLimits } from '../../../../engine/export/front-row.ts';
import { frontSvg } from '../../../../engine/export/front-svg.ts';
import { publishedNetworks } from '../../../../engine/export/published-network.ts';
import { findSpace } from '../../../../engine/catalog.ts';
import type { FrontInput } from '../../../ipc/contract.ts';
import { limitWords } from '../../tradeoff/front-view.ts';
import { oneOf, positiveNumber, quantityArgument } from '../arguments.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import { CliError, exitCodes } from '../failure.ts';
import { writeFileWhole } from '../files.ts';
import { bestUnder } from '../best-trial.ts';
import { frontDocument, frontOf, frontText, isScored } from '../front-view.ts';
import { trialTable } from './experiments.ts';
import { quantity } from '../../../../engine/export/quantity.ts';

interface LimitOptions {
  readonly maxMacs?: number;
  readonly maxParams?: number;
  readonly maxLatency?: number;
}

interface FrontOptions extends LimitOptions {
  readonly x?: 'macs' | 'params' | 'activations' | 'latency';
  readonly kind?: 'proxy' | 'retrained';
  readonly aggregate?: 'best' | 'last' | 'mean';
  readonly log?: boolean;
  readonly published?: boolean;
  readonly title?: string;
  readonly svg?: string;
  readonly csv?: string;
  readonly latex?: string;
}

/** `lab front` and `lab best`. */
export function addFrontCommands(program: Command, host: CommandHost): void {
  addFrontCommand(program, host);
  addBestCommand(program, host);
}

function addFrontCommand(program: Command, host: CommandHost): void {
  handle<[string[]], FrontOptions>(
    examples(
      withLimits(
        program
          .command('front')
          .argument('<ids...>', 'one or several experiments')
          .description('Pareto front with knee and hypervolume')
          .option(
            '--x <AXIS>',
            'cost on the x axis: macs, params, activations or latency (measured p50)',
            oneOf('--x', ['macs', 'params', 'activations', 'latency'] as const),
          )
          .option('--kind <KIND>', 'proxy or retrained scores; any when left out', oneOf('--kind', ['proxy', 'retrained'] as const))
          .option(
            '--aggregate <A>',
            'of several seeds: best (default), last or mean',
            oneOf('--aggregate', ['best', 'last', 'mean'] as const),
          )
          .option('--log', 'knee and drawing on a logarithmic cost axis')
          .option('--published', "published networks of the experiments' systems beside the trials"),
      )
        .option('--title <TEXT>', 'title of the drawing and of the table')
        .option('--svg <FILE>', 'draw it')
        .option('--csv <FILE>', 'write all trials')
        .option('--latex <FILE>', 'write a table'),
      [
        'lab front hrnas-7f3a2c --svg front.svg',
        'lab front hrnas-7f3a2c hrnas-91be04 --x params --csv front.csv',
        'lab front hrnas-7f3a2c --max-macs 61M --kind retrained --aggregate mean --latex front.tex',
      ],
      '{ "front": [TRIAL, …], "knee": { "number", "gainLeft", "gainRight" }, "hypervolume": 0.53, "reference": { "macs", "metric" },\n  "dominated": [TRIAL, …], "references": [TRIAL, …], "axis", "skipped", "warnings", "files" }',
    ),
    host,
    async (session, [ids], options) => {
      const inputs = await (await session.lab()).frontInputs(ids);
      const axis: FrontAxis = options.x === 'activations' ? 'activationBytes' : (options.x ?? 'macs');
      const limits = limitsOf(options);
      const front = frontOf(inputs, axis, {
        limits,
        logX: options.log === true,
        ...(options.kind === undefined ? {} : { kind: options.kind }),
        ...(options.aggregate === undefined ? {} : { aggregate: options.aggregate }),
        ...(options.published === true ? { published: publishedFor(inputs) } : {}),
      });
      const title = options.title ?? `Accuracy against cost: ${inputs.map((input) => input.experiment.name).join(', ')}`;
      const limit = { macs: limits.maxMacs, params: limits.maxParams, activationBytes: undefined, latency: limits.maxLatencyMs }[axis];
      const files = [
        [options.svg, () => frontSvg(front, title, { logX: options.log === true, ...(limit === undefined ? {} : { limits: [limit] }) })],
        [options.csv, () => frontCsv(front)],
        [options.latex, () => frontLatex(front, title)],
      ] as const;
      const written = files.flatMap(([file, content]) => {
        if (file === undefined) return [];
        writeFileWhole(file, content());
        return [file];
      });
      return {
        document: { ...frontDocument(front), files: written },
        text: [frontText(front), ...written.map((file) => `wrote ${file}`)].join('\n'),
      };
    },
  );
}

function addBestCommand(program: Command, host: CommandHost): void {
  handle<[string], LimitOptions>(
    examples(
      withLimits(
        program
          .command('best')
          .argument('<id>', 'an experiment')
          .description('the most accurate trial under limits (ends of runs and trials on the way)'),
      ),
      ['lab best hrnas-7f3a2c --max-macs 20M', 'lab best hrnas-7f3a2c --max-latency 30'],
    ),
    host,
    async (session, [id], options) => {
      const [input] = await (await session.lab()).frontInputs([id]);
      const trials = (input?.trials ?? []).filter(isScored);
      const best = bestUnder(trials, limitsOf(options));
      if (best === undefined)
        throw noneUnder(
          trials.map((trial) => trial.cost.macs),
          limitsOf(options),
          id,
        );
      return { document: best, text: `${trialTable([best])}\nweights  ${best.checkpoint ?? '—'}` };
    },
  );
}

function withLimits(command: Command): Command {
  return command
    .option('--max-macs <M>', 'at most so many MACs, for example 61M', quantityArgument('--max-macs'))
    .option('--max-params <P>', 'at most so many parameters', quantityArgument('--max-params'))
    .option('--max-latency <MS>', 'at most so many milliseconds (measured p50)', positiveNumber('--max-latency'));
}

function limitsOf({ maxMacs, maxParams, maxLatency }: LimitOptions): FrontLimits {
  return {
    ...(maxMacs === undefined ? {} : { maxMacs }),
    ...(maxParams === undefined ? {} : { maxParams }),
    ...(maxLatency === undefined ? {} : { maxLatencyMs: maxLatency }),
  };
}

function publishedFor(inputs: readonly FrontInput[]) {
  return [...new Set(inputs.map(({ experiment }) => experiment.system))].flatMap((system) => publishedNetworks(findSpace(system)));
}

function noneUnder(macs: readonly number[], limits: FrontLimits, id: string): CliError {
  if (macs.length === 0) {
    return new CliError('no-trials', `best: ${id} has no finished trials yet.`, {
      exit: exitCodes.failed,
      tip: `\`lab show ${id}\` says how far it is.`,
    });
  }
  const measured = limits.maxLatencyMs === undefined ? '' : ' `lab latency` measures trials on this device.';
  return new CliError('infeasible', `best: none of the ${macs.length} trials of ${id} has ${limitWords(limits)}.`, {
    exit: exitCodes.infeasible,
    tip: `The smallest has ${quantity(Math.min(...macs), 'MACs')}.${measured}`,
  });
}
