import { usePlainNode } from './plain-node.ts';
import type { Port } from './protocol.ts';
import { processPort } from './process-port.ts';
import { parentPortOf, utilityPort } from './utility-port.ts';

/** A utility process has no exit that waits for what was posted last. */
const drainMs = 100;

/**
 * The life of a process that computes: `serve` does one job over the port, then the end. Ctrl-C in a terminal reaches it too, but stopping is
 * the parent's decision. When the parent is gone it ends at once: what was not stored is done again by the next run.
 */
export async function runInProcess<Out, In>(serve: (port: Port<Out, In>) => Promise<void>): Promise<never> {
  process.on('SIGINT', () => undefined);
  process.once('disconnect', () => {
    process.exit(3);
  });
  const parent = parentPortOf();
  if (parent !== undefined) usePlainNode();
  try {
    const port = parent === undefined ? processPort<Out, In>() : await utilityPort<Out, In>(parent);
    if (parent !== undefined) port.onClose(() => process.exit(3));
    await serve(port);
    if (parent !== undefined) await new Promise((resolve) => void setTimeout(resolve, drainMs));
  } catch (error) {
    process.stderr.write(`compute: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  }
  process.exit(0);
}
