import { CommanderError } from 'commander';
import type { LabApi } from '../../ipc/contract.ts';
import type { CommandHost } from './command.ts';
import { exitCodes, failureOf } from './failure.ts';
import type { ExitCode } from './failure.ts';
import { catchInterrupts } from './interrupt.ts';
import { Output } from './output.ts';
import type { Streams } from './output.ts';
import { createProgram } from './program.ts';
import type { CommonOptions, Session } from './session.ts';

/** A lab that a session has opened. */
export interface OpenedLab {
  readonly api: LabApi;
  close(): Promise<void>;
}

/**
 * Runs one command. Returns its exit code; nothing is thrown and the process is not ended.
 * `openLab` is told the command ('lab search'), which others read when they find the home in use.
 */
export async function main(
  argv: readonly string[],
  streams: Streams,
  openLab: (options: CommonOptions, command: string) => Promise<OpenedLab>,
): Promise<number> {
  // Needed before the arguments are parsed, since parsing itself may fail.
  let output = new Output(streams, { json: argv.includes('--json'), quiet: argv.includes('--quiet') });
  let exit: ExitCode = exitCodes.done;
  const host: CommandHost = {
    run: async (name, options, action) => {
      output = new Output(streams, { json: options.json === true, quiet: options.quiet === true });
      let opened: Promise<OpenedLab> | undefined;
      const session: Session = {
        options,
        output,
        lab: async () => (await (opened ??= openLab(options, name))).api,
        onInterrupt: catchInterrupts,
      };
      try {
        const result = await action(session);
        if (result !== undefined) output.answer(result);
        exit = result?.exit ?? exitCodes.done;
      } finally {
        if (!(await closed(opened, output))) exit = exitCodes.failed;
      }
    },
  };
  try {
    const program = createProgram(host, { help: (text) => void streams.out.write(text), complaint: (text) => output.notice(text) });
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync([...argv], { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const failure = failureOf(error);
    output.failure(failure);
    if (process.env.LAB_TRACE === '1' && error instanceof Error) streams.err.write(`${error.stack ?? ''}\n`);
    return failure.exit;
  }
}

/** False when the lab could not be closed in order. The answer was given by then, so this is a notice and an exit code. */
async function closed(opened: Promise<OpenedLab> | undefined, output: Output): Promise<boolean> {
  const lab = await opened?.catch(() => undefined);
  try {
    await lab?.close();
    return true;
  } catch (error) {
    output.notice(`Closing the lab: ${failureOf(error).message}`);
    return false;
  }
}
