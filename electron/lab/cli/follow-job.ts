import type { JobView } from '../../ipc/jobs.ts';
import type { LabApi } from '../../ipc/contract.ts';
import { cancellable } from './cancellable.ts';
import { Progress } from './progress.ts';
import type { Session } from './session.ts';

/** Shows the progress of the job of `kind` that `start` starts; Ctrl-C cancels it and becomes the failure 'interrupted' with `message`. */
export async function followJob<T>(
  session: Session,
  lab: LabApi,
  { kind, unit, message }: { readonly kind: string; readonly unit: string; readonly message: string },
  start: () => Promise<T>,
): Promise<T> {
  const progress = new Progress(session.output, unit);
  let running: JobView | undefined;
  const unsubscribe = lab.onEvent((event) => {
    if (event.type !== 'job' || event.job.kind !== kind) return;
    running = event.job;
    const { done = 0, total = 0, note } = event.job.progress ?? {};
    progress.update(done, total, note === unit ? '' : note);
  });
  try {
    return await cancellable(session, message, (signal) => {
      signal.addEventListener('abort', () => void (running === undefined ? undefined : lab.cancelJob(running.id)), { once: true });
      return start();
    });
  } finally {
    unsubscribe();
    progress.end();
  }
}
