import type { Command } from 'commander';
import { oneOf } from '../arguments.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import { searchJson } from './search.ts';

const demos = ['hr-nas'] as const;

/** `lab demo`. */
export function addDemoCommand(program: Command, host: CommandHost): void {
  handle<[(typeof demos)[number] | undefined]>(
    examples(
      program
        .command('demo')
        .argument('[system]', `${demos.join(', ')} (default: hr-nas)`, oneOf('SYSTEM', demos))
        .description('a search on synthetic data from nothing to a front, in minutes'),
      ['lab demo', 'lab demo hr-nas --json'],
      searchJson,
    ),
    host,
    async (session) => (await import('../demo.ts')).demo(session),
  );
}
