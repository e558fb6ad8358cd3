import type { OpenedLab } from './main.ts';
import type { CommonOptions } from './session.ts';

/**
 * The application service on the home that the options (or LAB_HOME) name. Nothing is opened before the first call that needs it.
 * `command` names the holder of the home to others. The service itself is loaded here, so that commands which need no home start in a fraction of the time.
 */
export async function openLab({ home }: CommonOptions, command: string): Promise<OpenedLab> {
  const service = await import('../lab.ts');
  return service.openLab({ command, ...(home === undefined ? {} : { home }) });
}
