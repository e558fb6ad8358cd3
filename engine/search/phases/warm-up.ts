import type { SearchEvent } from '../events.ts';
import { supernetOf } from '../network.ts';
import { warmUpName, type WarmUpPhase } from '../plan.ts';
import type { PhaseContext } from './context.ts';
import { trainUntil } from './train-until.ts';
import { loadStart, newStart, noExtras, TrainingRun } from './training-run.ts';

/** Trains the whole supernet without penalty; its end is kept for the continuations. */
export async function* runWarmUp(context: PhaseContext, phase: WarmUpPhase, total: number): AsyncGenerator<SearchEvent> {
  const { resume, plan, kept } = context;
  if (kept.has(warmUpName)) return;
  const start = await (resume === undefined ? newStart(context, supernetOf(plan.config)) : loadStart(context, resume, phase.name));
  const run = new TrainingRun(context, start, { offset: 0, total, stepsPerNetwork: phase.steps });
  try {
    if (!(yield* trainUntil(run, phase.steps, () => Promise.resolve(noExtras)))) return;
    const event = await run.save(warmUpName, true);
    kept.set(warmUpName, { phaseIndex: event.phaseIndex, step: event.step, state: event.state, file: event.checkpoint.file });
    yield event;
  } finally {
    run.dispose();
  }
}
