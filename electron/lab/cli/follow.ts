import { assertNever } from '../../../engine/assert-never.ts';
import type { SearchEvent } from '../../../engine/search/events.ts';
import type { ExperimentView, LabApi } from '../../ipc/contract.ts';
import { resolveHome } from '../home.ts';
import { nativeHint } from '../native/hint.ts';
import { CliError, exitCodes } from './failure.ts';
import type { ExitCode } from './failure.ts';
import { Progress } from './progress.ts';
import { advance, eventLine, secondsLeft, startState, statusWords } from './search-progress.ts';
import type { Session } from './session.ts';

/** Shows the events of a search as they come. */
function searchView(progress: Progress): (event: SearchEvent) => void {
  let state = startState;
  return (event) => {
    const now = performance.now();
    const line = eventLine(event, state);
    state = advance(state, event, now);
    if (line !== undefined) progress.say(line);
    progress.update(state.step, state.totalSteps, statusWords(state), secondsLeft(state, now));
  };
}

/**
 * Follows the experiment that `start` starts until it has ended. `started` is told its first view at once.
 * The first Ctrl-C stops it after the running step and keeps it; the second ends the process at once.
 */
export async function follow(
  session: Session,
  lab: LabApi,
  start: () => Promise<ExperimentView>,
  started: (experiment: ExperimentView) => void,
): Promise<ExperimentView> {
  const hint = nativeHint(resolveHome({ home: session.options.home }));
  if (hint !== undefined) session.output.notice(hint);
  const progress = new Progress(session.output, 'steps');
  const show = searchView(progress);
  let id: string | undefined;
  let isStopWanted = false;
  const unsubscribe = lab.onEvent((event) => {
    if (event.type === 'search' && (id === undefined || event.id === id)) show(event.event);
  });
  const stop = (): void => {
    isStopWanted = true;
    progress.say('Stopping after the running step; Ctrl-C again ends at once.');
    if (id !== undefined)
      lab.stopSearch(id).catch((error: unknown) => progress.say(String(error instanceof Error ? error.message : error)));
  };
  const release = session.onInterrupt(stop);
  try {
    const experiment = await start();
    id = experiment.id;
    progress.clear();
    started(experiment);
    if (isStopWanted) stop();
    return await lab.whenEnded(experiment.id);
  } finally {
    release();
    unsubscribe();
    progress.end();
  }
}

/** Exit code of an experiment that has ended; a failed one throws its own failure. */
export function exitFor(experiment: ExperimentView): ExitCode {
  switch (experiment.state) {
    case 'complete':
      return exitCodes.done;
    case 'running':
    case 'stopped':
      return exitCodes.interrupted;
    case 'interrupted':
    case 'failed': {
      const { failure, id, state } = experiment;
      throw new CliError(failure?.code ?? state, failure?.message ?? `The compute process of ${id} ended.`, {
        exit: exitCodes.failed,
        tip:
          failure?.tip ??
          (state === 'interrupted' ? `\`lab resume ${id}\` continues from the last checkpoint.` : `\`lab log ${id}\` says what led to it.`),
      });
    }
    default:
      return assertNever(experiment.state);
  }
}
