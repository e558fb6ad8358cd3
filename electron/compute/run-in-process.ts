import type { Port } from './protocol.ts';
import { processPort } from './process-port.ts';

/**
 * The life of a process that computes: `serve` does one job over the port, then the end. Ctrl-C in a terminal reaches it too, but stopping is
 * the parent's decision. When the parent is gone it ends at once: what was not stored is done again by the next run.
 */
export async function runInProcess<Out, In>(serve: (port: Port<Out, In>) => Promise<void>): Promise<never> {
  process.on('SIGINT', () => undefined);
  process.once('disconnect', () => {
    process.exit(3);
  });
  try {
    await serve(processPort());
  } catch (error) {
    process.stderr.write(`compute: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  }
  process.exit(0);
}
