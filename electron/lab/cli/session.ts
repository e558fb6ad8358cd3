import type { LabApi } from '../../ipc/contract.ts';
import type { ExitCode } from './failure.ts';
import type { Answer, Output } from './output.ts';

/** Options that every command takes. */
export interface CommonOptions {
  readonly home?: string;
  readonly json?: boolean;
  readonly backend?: string;
  readonly threads?: number;
  readonly seed?: number;
  readonly quiet?: boolean;
}

/** What a running command is given. */
export interface Session {
  readonly options: CommonOptions;
  readonly output: Output;
  /** The lab's service on the chosen home, opened once; closed when the command has ended. */
  lab(): Promise<LabApi>;
  /**
   * The next Ctrl-C (or SIGTERM) calls `handler` instead of ending the process; one more ends it at once.
   * Returns a function that takes the handler back.
   */
  onInterrupt(handler: () => void): () => void;
}

/** Undefined when everything was printed already. */
export type CommandResult = (Answer & { readonly exit?: ExitCode }) | undefined;

/** `args` as declared, an optional one that was not given is undefined; `options` are the command's own. */
export type CommandHandler<A extends readonly unknown[], O> = (
  session: Session,
  args: A,
  options: O,
) => Promise<CommandResult> | CommandResult;
