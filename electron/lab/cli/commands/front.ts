import type { Command } from 'commander';
import { frontCsv } from '../../../../engine/export/front-csv.ts';
import { frontLatex } from '../../../../engine/export/front-latex.ts';
import { frontSvg } from '../../../../engine/export/front-svg.ts';
import { oneOf, quantityArgument } from '../arguments.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import { CliError, exitCodes } from '../failure.ts';
import { writeFileWhole } from '../files.ts';
import { bestUnder } from '../best-trial.ts';
import { frontDocument, frontOf, frontText, isScored } from '../front-view.ts';
import { trialTable } from './experiments.ts';
import { quantity } from '../../../../engine/export/quantity.ts';

interface FrontOptions {
  readonly x?: 'macs' | 'params';
  readonly svg?: string;
  readonly csv?: string;
  readonly latex?: string;
}

/** `lab front` and `lab best`. */
export function addFrontCommands(program: Command, host: CommandHost): void {
  handle<[string[]], FrontOptions>(
    examples(
      program
        .command('front')
        .argument('<ids...>', 'one or several experiments')
        .description('Pareto front with knee and hypervolume')
        .option('--x <AXIS>', 'cost on the x axis: macs or params', oneOf('--x', ['macs', 'params'] as const))
        .option('--svg <FILE>', 'draw it')
        .option('--csv <FILE>', 'write all trials')
        .option('--latex <FILE>', 'write a table'),
      ['lab front hrnas-7f3a2c --svg front.svg', 'lab front hrnas-7f3a2c hrnas-91be04 --x params --csv front.csv'],
      '{ "front": [TRIAL, …], "knee": { "number", "gainLeft", "gainRight" }, "hypervolume": 0.53, "reference": { "macs", "metric" },\n  "dominated": [TRIAL, …], "references": [TRIAL, …], "axis", "skipped", "warnings", "files" }',
    ),
    host,
    async (session, [ids], options) => {
      const inputs = await (await session.lab()).frontInputs(ids);
      const front = frontOf(inputs, options.x ?? 'macs');
      const title = `Accuracy against cost: ${inputs.map((input) => input.experiment.name).join(', ')}`;
      const files = [
        [options.svg, () => frontSvg(front, title)],
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
  handle<[string], { maxMacs?: number; maxParams?: number }>(
    examples(
      program
        .command('best')
        .argument('<id>', 'an experiment')
        .description('the most accurate trial under limits (ends of runs and trials on the way)')
        .option('--max-macs <M>', 'at most so many MACs, for example 61M', quantityArgument('--max-macs'))
        .option('--max-params <P>', 'at most so many parameters', quantityArgument('--max-params')),
      ['lab best hrnas-7f3a2c --max-macs 20M'],
    ),
    host,
    async (session, [id], limits) => {
      const trials = (await (await session.lab()).trials(id)).filter((trial) => trial.state === 'complete').filter(isScored);
      const best = bestUnder(trials, limits);
      if (best === undefined)
        throw noneUnder(
          trials.map((trial) => trial.cost.macs),
          limits,
          id,
        );
      return { document: best, text: `${trialTable([best])}\nweights  ${best.checkpoint ?? '—'}` };
    },
  );
}

function noneUnder(macs: readonly number[], limits: { readonly maxMacs?: number; readonly maxParams?: number }, id: string): CliError {
  if (macs.length === 0) {
    return new CliError('no-trials', `best: ${id} has no finished trials yet.`, {
      exit: exitCodes.failed,
      tip: `\`lab show ${id}\` says how far it is.`,
    });
  }
  const wanted = Object.entries(limits).map(([name, limit]) => `${name === 'maxMacs' ? 'MACs' : 'parameters'} ≤ ${quantity(limit, '')}`);
  return new CliError('infeasible', `best: none of the ${macs.length} trials of ${id} has ${wanted.join(' and ')}.`, {
    exit: exitCodes.infeasible,
    tip: `The smallest has ${quantity(Math.min(...macs), 'MACs')}.`,
  });
}
