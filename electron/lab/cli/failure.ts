import { CommanderError } from 'commander';

/** Exit codes of every command. */
export const exitCodes = { done: 0, failed: 1, invalid: 2, infeasible: 3, interrupted: 130 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What a user reads when a command fails; the JSON form of `--json` has the same fields. */
export interface CliFailure {
  readonly code: string;
  readonly message: string;
  readonly tip?: string;
  readonly exit: ExitCode;
}

/** A failure that the command line itself finds: wrong usage unless said otherwise. */
export class CliError extends Error {
  readonly code: string;
  readonly tip: string | undefined;
  readonly exit: ExitCode;

  constructor(code: string, message: string, options: { readonly tip?: string; readonly exit?: ExitCode; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CliError';
    this.code = code;
    this.tip = options.tip;
    this.exit = options.exit ?? exitCodes.invalid;
  }
}

/** Turns whatever was thrown into what the user is told. */
export function failureOf(error: unknown): CliFailure {
  if (error instanceof CommanderError) return usageFailure(error);
  if (error instanceof CliError) return failure(error.code, error.message, error.tip, error.exit);
  if (isCoded(error)) return failure(error.code, error.message, error.tip, exitFor(error.code));
  const message = error instanceof Error ? error.message : String(error);
  return failure(
    'internal',
    `Unexpected failure: ${message}`,
    'This is a fault of the lab: LAB_TRACE=1 shows where it happened.',
    exitCodes.failed,
  );
}

function failure(code: string, message: string, tip: string | undefined, exit: ExitCode): CliFailure {
  return { code, message, exit, ...(tip === undefined ? {} : { tip }) };
}

function usageFailure(error: CommanderError): CliFailure {
  if (error.code === 'commander.help')
    return failure('usage', 'This is a group of commands; name one of them.', undefined, exitCodes.invalid);
  const [message = '', hint] = error.message.replace(/^error: /, '').split('\n');
  return failure(
    'usage',
    sentence(message),
    hint?.replace(/^\(|\)$/g, '') ?? '`lab help` lists the commands, `lab help CMD` explains one.',
    exitCodes.invalid,
  );
}

function sentence(text: string): string {
  return text.endsWith('.') || text.endsWith('?') ? text : `${text}.`;
}

interface Coded extends Error {
  readonly code: string;
  readonly tip?: string;
}

/** Errors of the engine, the data sets and the store, and of Node's file system. */
function isCoded(error: unknown): error is Coded {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && !error.code.startsWith('ERR_');
}

/** Codes that say that what the user gave is wrong; everything else failed while it was being done. */
const invalidCodes =
  /^(invalid|unknown|unsupported|bad|malformed|wrong|missing|metric)-|-(invalid|unknown|unsupported|not-supported|mismatch|malformed|not-found|options|conflict|not-empty|ambiguous)$|^(EISDIR|ENOENT|ENOTDIR)$/;
const moreInvalidCodes: ReadonlySet<string> = new Set([
  'ambiguous-id',
  'dataset-differs',
  'dataset-exists',
  'dataset-has-errors',
  'finished',
  'folder-missing',
  'label-unknown-value',
  'split-empty',
  'split-unlabelled',
  'still-running',
]);

function exitFor(code: string): ExitCode {
  if (code === 'infeasible') return exitCodes.infeasible;
  return invalidCodes.test(code) || moreInvalidCodes.has(code) ? exitCodes.invalid : exitCodes.failed;
}
