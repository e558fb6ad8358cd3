import { serveJob } from './compute-session.ts';
import type { StartSearch } from './compute-session.ts';
import { processPort } from './process-port.ts';

/**
 * The life of a compute process: one job, then the end. Ctrl-C in a terminal reaches it too, but stopping is the parent's decision.
 * When the parent is gone it ends at once: what was not stored is done again by the next run.
 */
export async function runInProcess(start: StartSearch): Promise<never> {
  process.on('SIGINT', () => undefined);
  process.once('disconnect', () => {
    process.exit(3);
  });
  try {
    await serveJob(processPort(), start);
  } catch (error) {
    process.stderr.write(`compute: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  }
  process.exit(0);
}
