import type { Command } from 'commander';
import { demoNames } from '../../../ipc/demo.ts';
import type { DemoName } from '../../../ipc/demo.ts';
import { oneOf } from '../arguments.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import { searchJson } from './search.ts';

/** As the preset of this system is called. */
const otherName = 'hrnas-pose';

/** `lab demo`. */
export function addDemoCommand(program: Command, host: CommandHost): void {
  handle<[DemoName | typeof otherName | undefined], { quick?: boolean }>(
    examples(
      program
        .command('demo')
        .argument('[system]', `${demoNames.join(', ')} (default: ${demoNames[0]})`, oneOf('SYSTEM', [...demoNames, otherName]))
        .description('a search on drawn pictures from nothing to a front, in minutes; most are followed by a random search with the same budget')
        .option('--quick', 'in seconds: shows that everything works, not what it finds'),
      ['lab demo', 'lab demo lite-hrnet --json', 'lab demo hr-nas-pose --quick'],
      searchJson,
    ),
    host,
    async (session, [name = demoNames[0]], { quick = false }) =>
      (await import('../demo.ts')).demo(session, name === otherName ? 'hr-nas-pose' : name, quick),
  );
}
