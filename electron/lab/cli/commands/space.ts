import type { Command } from 'commander';
import { findSpace, spaces } from '../../../../engine/catalog.ts';
import { estimate } from '../../../../engine/cost/estimate.ts';
import { quantity, sizeText } from '../../../../engine/export/quantity.ts';
import { rngFor } from '../../../../engine/rng.ts';
import { architectureHash } from '../../../../engine/spaces/canonical.ts';
import type { Architecture, SearchSpace } from '../../../../engine/spaces/search-space.ts';
import { presets } from '../../../../engine/search/presets.ts';
import { randomStrategy } from '../../../../engine/strategies/random.ts';
import { quantityArgument, wholeNumber } from '../arguments.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import { choiceTable } from '../choice-table.ts';
import { CliError, exitCodes } from '../failure.ts';
import type { CommandResult } from '../session.ts';
import { log10SpaceSize } from '../../../../engine/spaces/space-size.ts';
import { facts, table } from '../table.ts';

/** `lab space ls`, `show`, `sample`. */
export function addSpaceCommands(program: Command, host: CommandHost): void {
  const space = program.command('space').description('search spaces: what can be chosen');
  handle(
    examples(space.command('ls').description('list the spaces with size, presets and published networks'), ['lab space ls']),
    host,
    () => {
      const summaries = spaces.map(summary);
      const rows = summaries.map((entry) => [
        entry.id,
        entry.title,
        `${entry.choices}`,
        `10^${entry.log10Size.toFixed(0)}`,
        entry.presets.join(', '),
        entry.published.join(', '),
      ]);
      return {
        document: { spaces: summaries },
        text: table(
          [
            { title: 'id' },
            { title: 'title' },
            { title: 'choices', align: 'right' },
            { title: 'size', align: 'right' },
            { title: 'presets' },
            { title: 'published' },
          ],
          rows,
        ),
      };
    },
  );
  handle<[string], { all?: boolean }>(
    examples(
      space
        .command('show')
        .argument('<space>', 'id of a space')
        .description('describe a space with its choices and their options')
        .option('--all', 'a line for every choice instead of one for every block'),
      ['lab space show hr-nas', 'lab space show hr-nas --all'],
    ),
    host,
    (_, [id], { all = false }) => show(findSpace(id), all),
  );
  handle<[string], { count?: number; maxMacs?: number }>(
    examples(
      space
        .command('sample')
        .argument('<space>', 'id of a space')
        .description('random architectures, one JSON line each')
        .option('--count <N>', 'how many (default 1)', wholeNumber('--count', 1, 100_000))
        .option('--max-macs <M>', 'only architectures of at most so many MACs at the published input', quantityArgument('--max-macs')),
      ['lab space sample hr-nas --count 3 --seed 7', 'lab space sample hr-nas --max-macs 10G > arch.json'],
      '{ "architectures": [{ "space", "version", "settings", "choices" }, …] }',
    ),
    host,
    ({ options }, [id], { count, maxMacs }) => {
      const architectures = sample(findSpace(id), count ?? 1, options.seed ?? 0, maxMacs);
      return { document: { architectures }, text: architectures.map((arch) => JSON.stringify(arch)).join('\n') };
    },
  );
}

/** The same draws as a random search makes: a limit scales an architecture down instead of waiting for a small one to come by. */
function sample(space: SearchSpace, count: number, seed: number, maxMacs: number | undefined): Architecture[] {
  const settings = space.defaultSettings;
  const macs = (arch: Architecture): number => estimate(space.graph(arch, space.defaultInput(settings))).macs;
  if (maxMacs === undefined) return Array.from({ length: count }, (_, i) => space.sample(settings, rngFor(seed, 'sample', i)));
  const smallest = macs(space.smallest(settings));
  const found: Architecture[] = [];
  while (maxMacs >= smallest && found.length < count) {
    const trialNumber = found.length;
    const proposal = randomStrategy.propose({
      space,
      settings,
      trialNumber,
      finished: [],
      macs,
      hash: architectureHash,
      macsLimits: [0, maxMacs],
      rng: rngFor(seed, 'sample', trialNumber),
    });
    if (proposal === undefined) break;
    found.push(proposal.arch);
  }
  if (found.length < count) {
    throw new CliError(
      'infeasible',
      `space sample: found ${found.length} of ${count} architectures of at most ${quantity(maxMacs, 'MACs')}.`,
      {
        exit: exitCodes.infeasible,
        tip: `The smallest of ${space.id} has ${quantity(smallest, 'MACs')} at ${sizeText(space.defaultInput(settings))}.`,
      },
    );
  }
  return found;
}

function summary(space: SearchSpace): {
  id: string;
  title: string;
  version: number;
  choices: number;
  log10Size: number;
  presets: string[];
  published: string[];
} {
  const choices = space.choices(space.defaultSettings);
  return {
    id: space.id,
    title: space.title,
    version: space.version,
    choices: choices.length,
    log10Size: log10SpaceSize(space, space.defaultSettings),
    presets: Object.entries(presets)
      .filter(([, preset]) => preset.system === space.id)
      .map(([name]) => name),
    published: space.published.map((entry) => entry.name),
  };
}

function show(space: SearchSpace, isEveryChoiceShown: boolean): CommandResult {
  const { id, title, version, log10Size: exponent, presets: names } = summary(space);
  const choices = space.choices(space.defaultSettings);
  const input = space.defaultInput(space.defaultSettings);
  const costOf = (arch: Architecture): number => estimate(space.graph(arch, input)).macs;
  const ends = { smallest: costOf(space.smallest(space.defaultSettings)), largest: costOf(space.largest(space.defaultSettings)) };
  const about = { id, title, version, log10Size: exponent, input, macs: ends, presets: names };
  return {
    document: {
      ...about,
      settings: space.defaultSettings,
      choices,
      published: space.published.map(({ name, source }) => ({ name, source })),
    },
    text: [
      facts([
        ['space', `${id}: ${title}, version ${version}`],
        ['size', `10^${exponent.toFixed(1)} in ${choices.length} choices`],
        ['MACs', `${quantity(ends.smallest, '')} to ${quantity(ends.largest, '')} at ${sizeText(input)}`],
        ['settings', JSON.stringify(space.defaultSettings)],
        ['presets', names.join(', ')],
        ['published', space.published.map(({ name, source }) => `${name} (${source})`).join('\n')],
      ]),
      '',
      choiceTable(choices, !isEveryChoiceShown),
      ...(isEveryChoiceShown ? [] : ['', `\`lab space show ${id} --all\` explains every choice.`]),
    ].join('\n'),
  };
}
