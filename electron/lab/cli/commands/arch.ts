import type { Command } from 'commander';
import { findPublished, findSpace } from '../../../../engine/catalog.ts';
import type { Architecture } from '../../../../engine/spaces/search-space.ts';
import { architectureHelp, resolveArchitecture } from '../architecture-argument.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import { CliError } from '../failure.ts';
import { readJson } from '../files.ts';
import { prettyJson } from '../pretty-json.ts';
import type { CommandResult, Session } from '../session.ts';
import { table } from '../table.ts';

/** `lab arch published`, `import`, `export`. */
export function addArchCommands(program: Command, host: CommandHost): void {
  const arch = program.command('arch').description('architectures: published ones, and the notation of the official repositories');
  handle<[string, string | undefined]>(
    examples(
      arch
        .command('published')
        .argument('<space>', 'id of a space')
        .argument('[name]', 'one network, with or without the space in front')
        .description('list the published networks, or print one as architecture JSON'),
      ['lab arch published hr-nas', 'lab arch published hr-nas cs2 > cs2.json'],
    ),
    host,
    (_, [id, name]) => published(id, name),
  );
  handle<[string, string], ImportOptions>(
    examples(
      arch
        .command('import')
        .argument('<space>', 'id of a space')
        .argument('<file>', 'official notation, - for standard input')
        .description('official notation to architecture JSON')
        .option('--tokens <FILE>', 'token counts of the transformers (hr-nas), a JSON list, when the file has none')
        .option('--fused', 'a network of the retraining form with squeeze and excitation (hr-nas); the notation does not say')
        .option('--settings <FILE>', 'further settings that the notation does not say, a JSON object'),
      [
        'lab arch import hr-nas searched.json --tokens tokens.json > arch.json',
        'lab arch import hr-nas checkpoint.json --fused --settings settings.json',
      ],
    ),
    host,
    (session, [id, file], options) => importOfficial(session, id, file, options),
  );
  handle<[string]>(
    examples(arch.command('export').argument('<arch>', architectureHelp).description('architecture JSON to official notation'), [
      'lab arch export hr-nas:cs2',
    ]),
    host,
    async (session, [text]) => {
      const { arch: found, space } = await resolveArchitecture(session, text);
      return json(space.exportOfficial(found));
    },
  );
}

interface ImportOptions {
  readonly tokens?: string;
  readonly fused?: boolean;
  readonly settings?: string;
}

/** Says so where the block form was assumed: neither the file nor an option named it. */
function importOfficial(session: Session, id: string, file: string, { tokens, fused, settings }: ImportOptions): CommandResult {
  const official = readJson(file, 'the official notation');
  const given = settings === undefined ? {} : readJson(settings, 'the settings');
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new CliError(
      'usage',
      `${settings}: expected settings as a JSON object such as { "activation": "swish" }, got ${JSON.stringify(given)}.`,
    );
  }
  const further = given as Architecture['settings'];
  if (fused === true && (further['blockForm'] ?? 'fused') !== 'fused') {
    throw new CliError(
      'usage',
      `--fused and ${settings}, whose blockForm is ${JSON.stringify(further['blockForm'])}, contradict each other.`,
    );
  }
  const counts = tokens === undefined ? undefined : readJson(tokens, 'the token counts');
  const imported = findSpace(id).importOfficial(official, counts, fused === true ? { ...further, blockForm: 'fused' } : further);
  const ownSettings = (official as { readonly settings?: Architecture['settings'] } | null)?.settings;
  if (imported.settings['blockForm'] === 'search' && { ...ownSettings, ...further }['blockForm'] === undefined) {
    session.output.notice(
      'Read as the search form (one path a kernel), since the notation does not say. Networks that were retrained have the fused form: --fused.',
    );
  }
  return json(imported);
}

function published(id: string, name: string | undefined): CommandResult {
  const space = findSpace(id);
  if (name === undefined) {
    const list = space.published.map((entry) => ({ name: entry.name, source: entry.source }));
    return {
      document: { published: list },
      text: table(
        [{ title: 'name' }, { title: 'source' }],
        list.map((entry) => [entry.name, entry.source]),
      ),
    };
  }
  return json(findPublished(name.startsWith(`${id}:`) ? name : `${id}:${name}`));
}

/** For commands whose answer is JSON with and without `--json`. */
function json(document: unknown): CommandResult {
  return { document, text: prettyJson(document) };
}
