import type { SearchEvent } from './events.ts';
import type { SearchParts, SearchProgress, StopSignal } from './parts.ts';
import { runPhase } from './phases/run-phase.ts';
import type { SearchPlan } from './plan.ts';

/**
 * The only loop of a search: phase after phase from where `progress` ends, events one way. The same plan, parts and any resume
 * point of an earlier run give the same trials and the same weight files.
 * When `signal` is aborted the running step is finished, a state is written and the last event is 'stopped'.
 * Throws EngineError ('loss-not-finite', 'state-mismatch', ...); what was yielded before stays valid.
 */
export async function* runSearch(
  plan: SearchPlan,
  parts: SearchParts,
  progress: SearchProgress,
  signal: StopSignal,
): AsyncGenerator<SearchEvent> {
  yield { type: 'plan', phases: plan.phases.map(({ name, steps }) => ({ name, steps })), totalSteps: plan.totalSteps };
  const kept = new Map(Object.entries(progress.kept));
  const finished = new Map(progress.finishedTrials.map((trial) => [trial.number, trial]));
  const failed = new Map((progress.failedTrials ?? []).map((trial) => [trial.number, trial]));
  const first = progress.state?.phaseIndex ?? 0;
  for (const [index, phase] of plan.phases.entries()) {
    if (index < first) continue;
    yield { type: 'phase', index, name: phase.name, steps: phase.steps };
    const resume = index === first ? progress.state : undefined;
    for await (const event of runPhase({ plan, index, parts, kept, resume, signal, finished, failed })) {
      yield event;
      if (event.type === 'stopped') return;
    }
  }
  yield { type: 'finished', step: plan.totalSteps };
}
