import type { SearchEvent } from '../events.ts';
import type { StepExtras, TrainingRun } from './training-run.ts';

export const rollingName = 'latest';

/**
 * Trains until `step` steps of the phase are done, saving a state every `checkpoint.everySteps`. Returns false when it was stopped:
 * then a state is written and 'stopped' was said. Throws EngineError 'loss-not-finite' or 'weights-not-finite'.
 */
export async function* trainUntil(
  run: TrainingRun,
  step: number,
  extrasOf: (step: number) => Promise<StepExtras>,
): AsyncGenerator<SearchEvent, boolean> {
  const { parts, signal, plan } = run.context;
  while (run.step < step) {
    if (signal.aborted) {
      yield* stop(run);
      return false;
    }
    yield await run.train(await extrasOf(run.step));
    // the end of the stretch is followed by a state of its own
    if (run.step < step && run.step % plan.config.checkpoint.everySteps === 0) yield await run.save(rollingName, false);
    await parts.yieldToEvents();
  }
  // what follows evaluates the network
  await run.checkFinite();
  return true;
}

/** The answer to a stop request: a state to resume from, then the last event. */
export async function* stop(run: TrainingRun): AsyncGenerator<SearchEvent> {
  yield await run.save(rollingName, false);
  yield { type: 'stopped', step: run.searchStep };
}
