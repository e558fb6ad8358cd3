import type { Command } from 'commander';
import type { CommandHandler, CommandResult, CommonOptions, Session } from './session.ts';

/** Runs handlers of commands; given to the files that declare them. */
export interface CommandHost {
  /** `name` is the command as it was called: 'lab data add'. */
  run(name: string, options: CommonOptions, action: (session: Session) => Promise<CommandResult> | CommandResult): Promise<void>;
}

/** Binds a command to its handler. `A` and `O` are what the declarations of its arguments and options yield. */
export function handle<A extends readonly unknown[], O = object>(
  command: Command,
  host: CommandHost,
  handler: CommandHandler<A, O>,
): Command {
  return command.action(async (...given: unknown[]) => {
    const self = given.at(-1) as Command;
    const args = given.slice(0, -2) as unknown as A;
    await host.run(fullName(self), self.optsWithGlobals<CommonOptions>(), (session) => handler(session, args, self.opts<O & object>()));
  });
}

/** 'lab data add'. */
export function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}

/** Examples below the help of a command: lines that can be typed as they are, and what `--json` prints. */
export function examples(command: Command, lines: readonly string[], document?: string): Command {
  const title = lines.length === 1 ? 'Example:' : 'Examples:';
  const json = document === undefined ? '' : `\n\nWith --json:\n${indent(document)}`;
  return command.addHelpText('after', `\n${title}\n${indent(lines.join('\n'))}${json}`);
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}
