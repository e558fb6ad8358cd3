import type { SearchEvent, TrialResult } from '../events.ts';
import { ranked } from '../../strategies/admission.ts';
import type { TrialConfig } from '../config.ts';
import { retrainedArch } from '../network.ts';
import type { RetrainPhase } from '../plan.ts';
import type { NetworkOrigin } from '../state.ts';
import type { PhaseContext } from './context.ts';
import { runNetwork } from './run-network.ts';
import { loadStart, newStart } from './training-run.ts';

/** Series of the trials that were trained again. */
export const retrainSeries = 'retrain';

/**
 * Trains one of the best networks again, from new weights and with the final recipe, as a trial of its own: the order that cheap scores give
 * is not that of the final ones (in the DPC paper the best of all was 12th by its proxy score).
 */
export async function* runRetrain(context: PhaseContext, phase: RetrainPhase, { trials }: TrialConfig): AsyncGenerator<SearchEvent> {
  if (context.failed.has(phase.trial)) return;
  const proxy = nthBest([...context.finished.values()], trials, phase.rank);
  if (proxy === undefined) {
    const message = `There is no network of rank ${phase.rank + 1} to train again: fewer of the ${trials} trials have a score.`;
    yield { type: 'log', level: 'warn', message };
    return;
  }
  const { resume } = context;
  const origin: NetworkOrigin = { operator: 'retrain', parents: [proxy.number] };
  const arch = retrainedArch(context.plan.config, proxy.arch);
  const start = await (resume === undefined ? newStart(context, arch, phase.trial) : loadStart(context, resume, phase.name));
  yield* runNetwork(context, phase, { ...start, origin }, { series: retrainSeries, kind: 'retrained' });
}

/** By the ranking metric among the first `trials` trials; of equal ones the earlier is better. Trials without a score are passed over. */
export function nthBest(finished: readonly TrialResult[], trials: number, rank: number): TrialResult | undefined {
  const scored = finished.map((trial) => ({ trial, number: trial.number, value: trial.metrics[0]?.value ?? NaN }));
  return ranked(scored.filter(({ number }) => number < trials))[rank]?.trial;
}
