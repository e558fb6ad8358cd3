import { CliError, exitCodes } from './failure.ts';
import type { Session } from './session.ts';

/** Runs work that an abort signal ends; Ctrl-C aborts it and becomes the failure 'interrupted' with `message` and exit code 130. */
export async function cancellable<T>(session: Session, message: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const release = session.onInterrupt(() => controller.abort());
  try {
    return await work(controller.signal);
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    throw new CliError('interrupted', message, { exit: exitCodes.interrupted, cause: error });
  } finally {
    release();
  }
}
