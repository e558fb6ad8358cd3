import { EngineError } from '../../error.ts';
import { rngFor } from '../../rng.ts';
import { randomStrategy } from '../../strategies/random.ts';
import type { FinishedTrial, Strategy } from '../../strategies/strategy.ts';
import type { Architecture } from '../../spaces/search-space.ts';
import { parseArchitecture } from '../../catalog.ts';
import type { FixedConfig, TrialConfig } from '../config.ts';
import type { SearchEvent, TrialResult } from '../events.ts';
import { costOf, hashOf, spaceOf } from '../network.ts';
import type { FixedPhase } from '../plan.ts';
import type { PhaseContext } from './context.ts';
import { evaluateTrial } from './evaluate.ts';
import { rollingName, stop, trainUntil } from './train-until.ts';
import { loadStart, newStart, noExtras, startFrom, TrainingRun } from './training-run.ts';
import type { TrainingStart } from './training-run.ts';

const divergedCodes: ReadonlySet<string> = new Set(['loss-not-finite', 'weights-not-finite']);

/** Trains one network that the strategy proposes, or the one that the config names, and evaluates it. A network whose training fails is a failed trial. */
export async function* runFixed(
  context: PhaseContext,
  phase: FixedPhase,
  strategy: TrialConfig | FixedConfig,
): AsyncGenerator<SearchEvent> {
  const { resume } = context;
  const number = phase.trial;
  const start = resume === undefined ? await begin(context, number, strategy) : await loadStart(context, resume, phase.name);
  const run = new TrainingRun(context, start, { offset: 0, total: strategy.steps, stepsPerNetwork: strategy.steps });
  try {
    if (run.isEvaluated) return;
    if (!context.finished.has(number)) yield { type: 'trial-started', number, arch: run.arch, hash: hashOf(context.plan.config, run.arch) };
    if (!(yield* trainUntil(run, phase.steps, () => Promise.resolve(noExtras)))) return;
    const candidate = {
      number,
      arch: run.arch,
      weights: run.state.average.clone(),
      role: 'front',
      operator: strategy.id === 'random' ? 'sample' : 'train',
      details: {},
      isStarted: true,
    } as const;
    if (!(yield* evaluateTrial(run, candidate))) {
      yield* stop(run);
      return;
    }
    run.isEvaluated = true;
    yield await run.save(rollingName, false);
  } catch (error) {
    if (!(error instanceof EngineError) || !divergedCodes.has(error.code)) throw error;
    const { code, message, tip } = error;
    yield { type: 'trial-failed', number, code, message, ...(tip !== undefined && { tip }) };
  } finally {
    run.dispose();
  }
}

/** New weights from the seed, or those that the config names. */
async function begin(context: PhaseContext, number: number, strategy: TrialConfig | FixedConfig): Promise<TrainingStart> {
  if (strategy.id !== 'fixed') return newStart(context, propose(context, number, strategy), number);
  const arch = parseArchitecture(strategy.arch);
  if (strategy.weights === '') return newStart(context, arch, number);
  return startFrom(context, arch, await context.parts.initialWeights());
}

/** A pure function of the config and the trials before. Throws EngineError 'infeasible' when the limits leave nothing new. */
function propose(context: PhaseContext, number: number, strategy: TrialConfig): Architecture {
  const { config } = context.plan;
  const space = spaceOf(config);
  const proposal = strategyOf(strategy).propose({
    space,
    settings: config.space,
    trialNumber: number,
    finished: [...context.finished.values()].filter((trial) => trial.number < number).map(asFinished),
    macs: (arch) => costOf(config, arch).macs,
    hash: (arch) => hashOf(config, arch),
    macsLimits: [strategy.minMacs, strategy.maxMacs],
    rng: rngFor(config.seed, 'propose', number),
  });
  if (proposal === undefined) {
    throw new EngineError(
      'infeasible',
      `proposing trial ${number}: no new architecture has ${strategy.minMacs} to ${strategy.maxMacs} MACs.`,
      {
        tip: 'Widen strategy.minMacs and strategy.maxMacs.',
      },
    );
  }
  return proposal.arch;
}

/** By its id. */
function strategyOf({ id }: TrialConfig): Strategy {
  if (id === 'random') return randomStrategy;
  throw new EngineError('unknown-strategy', `the strategy '${id}' cannot propose networks`);
}

function asFinished({ number, arch, hash, cost, metrics }: TrialResult): FinishedTrial {
  return { number, arch, hash, macs: cost.macs, value: metrics[0]?.value ?? NaN };
}
