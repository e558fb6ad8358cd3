import { EngineError } from '../../error.ts';
import type { SearchEvent } from '../events.ts';
import { hashOf } from '../network.ts';
import type { FixedPhase, RetrainPhase } from '../plan.ts';
import type { NetworkOrigin } from '../state.ts';
import type { PhaseContext } from './context.ts';
import { evaluateTrial, type Candidate } from './evaluate.ts';
import { rollingName, stop, trainUntil } from './train-until.ts';
import { noExtras, TrainingRun, type TrainingStart } from './training-run.ts';

const divergedCodes: ReadonlySet<string> = new Set(['loss-not-finite', 'weights-not-finite']);

/**
 * Trains one network for itself and evaluates it as the trial of the phase. Owns `start`. A network whose training fails is a failed trial.
 */
export async function* runNetwork(
  context: PhaseContext,
  phase: FixedPhase | RetrainPhase,
  start: TrainingStart & { readonly origin: NetworkOrigin },
  kind: Pick<Candidate, 'series' | 'kind'>,
): AsyncGenerator<SearchEvent> {
  const { trial: number, steps } = phase;
  const run = new TrainingRun(context, start, { offset: 0, total: steps, stepsPerNetwork: steps });
  const hash = hashOf(context.plan.config, run.arch);
  try {
    if (run.isEvaluated) return;
    if (!context.finished.has(number)) yield { type: 'trial-started', number, arch: run.arch, hash };
    if (!(yield* trainUntil(run, steps, () => Promise.resolve(noExtras)))) return;
    const candidate: Candidate = {
      ...kind,
      ...start.origin,
      number,
      arch: run.arch,
      weights: run.state.average.clone(),
      role: 'front',
      details: {},
      isStarted: true,
    };
    if (!(yield* evaluateTrial(run, candidate))) {
      yield* stop(run);
      return;
    }
    run.isEvaluated = true;
    yield await run.save(rollingName, false);
  } catch (error) {
    if (!(error instanceof EngineError) || !divergedCodes.has(error.code)) throw error;
    const { code, message, tip } = error;
    context.failed.set(number, { number, arch: run.arch, hash });
    yield { type: 'trial-failed', number, code, message, ...(tip !== undefined && { tip }) };
  } finally {
    run.dispose();
  }
}
