import type { Command } from 'commander';
import { findPublished, findSpace } from '../../../../engine/catalog.ts';
import { architectureHelp, resolveArchitecture } from '../architecture-argument.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import { readJson } from '../files.ts';
import { prettyJson } from '../pretty-json.ts';
import type { CommandResult } from '../session.ts';
import { table } from '../table.ts';

/** `lab arch published`, `import`, `export`. */
export function addArchCommands(program: Command, host: CommandHost): void {
  const arch = program.command('arch').description('architectures: published ones, and the notation of the official repositories');
  handle<[string, string | undefined]>(
    examples(
      arch.command('published').argument('<space>', 'id of a space').argument('[name]', 'one network, with or without the space in front')
        .description('list the published networks, or print one as architecture JSON'),
      ['lab arch published hr-nas', 'lab arch published hr-nas cs2 > cs2.json'],
    ),
    host,
    (_, [id, name]) => published(id, name),
  );
  handle<[string, string], { tokens?: string }>(
    examples(
      arch.command('import').argument('<space>', 'id of a space').argument('<file>', 'official notation, - for standard input')
        .description('official notation to architecture JSON')
        .option('--tokens <FILE>', 'token counts of the transformers (hr-nas), a JSON list, when the file has none'),
      ['lab arch import hr-nas checkpoint.json --tokens tokens.json > arch.json'],
    ),
    host,
    (_, [id, file], { tokens }) => {
      const official = readJson(file, 'the official notation');
      return json(findSpace(id).importOfficial(official, tokens === undefined ? undefined : readJson(tokens, 'the token counts')));
    },
  );
  handle<[string]>(
    examples(arch.command('export').argument('<arch>', architectureHelp).description('architecture JSON to official notation'), ['lab arch export hr-nas:cs2']),
    host,
    async (session, [text]) => {
      const { arch: found, space } = await resolveArchitecture(session, text);
      return json(space.exportOfficial(found));
    },
  );
}

function published(id: string, name: string | undefined): CommandResult {
  const space = findSpace(id);
  if (name === undefined) {
    const list = space.published.map((entry) => ({ name: entry.name, source: entry.source }));
    return { document: { published: list }, text: table([{ title: 'name' }, { title: 'source' }], list.map((entry) => [entry.name, entry.source])) };
  }
  return json(findPublished(name.startsWith(`${id}:`) ? name : `${id}:${name}`));
}

/** For commands whose answer is JSON with and without `--json`. */
function json(document: unknown): CommandResult {
  return { document, text: prettyJson(document) };
}
