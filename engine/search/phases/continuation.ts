import { EngineError } from '../../error.ts';
import { blocks } from '../../spaces/hr-nas/blocks.ts';
import { penalties, type Penalties } from '../../spaces/hr-nas/penalties.ts';
import { shrinkPlan } from '../../spaces/hr-nas/shrink.ts';
import type { Weights } from '../../run/weights.ts';
import { penaltyAt } from '../../train/schedules/penalty-ramp.ts';
import type { ShrinkConfig } from '../config.ts';
import type { SearchEvent } from '../events.ts';
import { factorHistogram, type FactorHistogram } from '../factor-histogram.ts';
import { supernetOf, trainingGraph } from '../network.ts';
import { warmUpName, type ContinuationPhase } from '../plan.ts';
import { aliveParts, countLiveTokens, decideShrink, type ReadWeight, type ShrinkDecision } from '../shrink-rule.ts';
import type { PhaseContext } from './context.ts';
import { evaluateTrial, type Candidate } from './evaluate.ts';
import { rollingName, stop, trainUntil } from './train-until.ts';
import { loadStart, TrainingRun, type StepExtras } from './training-run.ts';

/** One penalty, from the end of the warm-up: trains, and at each point evaluates what is alive and cuts out what is dead. */
export async function* runContinuation(
  context: PhaseContext,
  phase: ContinuationPhase,
  strategy: ShrinkConfig,
): AsyncGenerator<SearchEvent> {
  const run = await openRun(context, phase, strategy);
  const config = context.plan.config;
  const [height, width] = strategy.profileSize;
  const costs = penalties(supernetOf(config), { mode: strategy.penaltyMode, profileSize: [height, width] });
  const extrasOf = (step: number): Promise<StepExtras> => penaltyExtras(run, phase, strategy, costs, step);
  try {
    for (const [i, point] of phase.points.entries()) {
      if (run.step > point || (run.step === point && run.isEvaluated)) continue;
      if (!(yield* trainUntil(run, point, extrasOf))) return;
      const isLast = point === phase.steps;
      const average = await readFactors(run.state.average, run);
      const weights = await readFactors(run.state.weights, run);
      const decision = decideShrink(run.arch, costs, strategy, weights, average, isLast);
      const role = phase.role === 'reference' ? 'reference' : isLast ? 'front' : 'trajectory';
      const factors = histogramOf(run, average);
      const candidate = aliveNetwork(run, strategy, average, { number: phase.firstTrial + i, role, series: phase.name });
      if (!(yield* evaluateTrial(run, describe(candidate, phase, strategy, decision, point, factors)))) {
        yield* stop(run);
        return;
      }
      if (phase.role === 'front') yield* cut(run, decision);
      run.isEvaluated = true;
      yield await run.save(rollingName, false);
    }
  } finally {
    run.dispose();
  }
}

async function openRun(context: PhaseContext, phase: ContinuationPhase, strategy: ShrinkConfig): Promise<TrainingRun> {
  const span = { offset: strategy.warmupSteps, total: strategy.warmupSteps + strategy.steps, stepsPerNetwork: strategy.intervalSteps };
  if (context.resume !== undefined) return new TrainingRun(context, await loadStart(context, context.resume, phase.name), span);
  const warmUp = context.kept.get(warmUpName);
  if (warmUp === undefined) {
    throw new EngineError(
      'state-mismatch',
      `phase '${phase.name}': the end of the warm-up was not kept; expected a state named '${warmUpName}'.`,
    );
  }
  const start = await loadStart(context, warmUp, warmUpName);
  return new TrainingRun(context, { ...start, step: 0, isEvaluated: false }, span);
}

/** L1 factors of this step (spec 4.2, 4.3): lambda(t) times the penalty of each atom, and of each token by how many are alive now. */
async function penaltyExtras(
  run: TrainingRun,
  phase: ContinuationPhase,
  strategy: ShrinkConfig,
  costs: Penalties,
  step: number,
): Promise<StepExtras> {
  const lambda = penaltyAt(phase.penalty, step, strategy.rampSteps);
  const l1 = new Map<string, number>();
  if (phase.penalty === 0) return { l1, scalars: { lambda } };
  const byBlock = new Map(costs.blocks.map((block) => [block.block, block]));
  for (const block of blocks(run.arch)) {
    const cost = byBlock.get(block.name)!;
    for (const { kernel, gamma } of block.kernels) l1.set(gamma, lambda * cost.kernels.find((k) => k.kernel === kernel)!.penalty);
    if (block.tokenGamma === undefined || cost.tokens === undefined) continue;
    const alive = countLiveTokens(await run.state.weights.get(block.tokenGamma).data(), strategy.threshold);
    l1.set(block.tokenGamma, lambda * cost.tokens.penalty(alive));
  }
  return { l1, scalars: { lambda } };
}

/** All importance factors at once. */
async function readFactors(weights: Weights, run: TrainingRun): Promise<ReadWeight> {
  const names = blocks(run.arch).flatMap(({ kernels, tokenGamma }) => [
    ...kernels.map((k) => k.gamma),
    ...(tokenGamma === undefined ? [] : [tokenGamma]),
  ]);
  const values = new Map<string, Float32Array>();
  for (const name of names) values.set(name, await weights.read(name));
  return (name) => values.get(name) ?? new Float32Array();
}

/** Of the network in training, before anything is cut out now. */
function histogramOf(run: TrainingRun, average: ReadWeight): FactorHistogram {
  const list = blocks(run.arch);
  return factorHistogram(
    list.flatMap(({ kernels }) => kernels.map(({ gamma }) => average(gamma))),
    list.flatMap(({ tokenGamma }) => (tokenGamma === undefined ? [] : [average(tokenGamma)])),
  );
}

/** What is alive by the moving average, with weights of its own: atoms and tokens that are dead are cut out of the copy. */
function aliveNetwork(
  run: TrainingRun,
  strategy: ShrinkConfig,
  average: ReadWeight,
  trial: Pick<Candidate, 'number' | 'role'> & { readonly series: string },
): Omit<Candidate, 'details'> {
  const { arch, moves } = shrinkPlan(run.arch, trial.role === 'reference' ? {} : aliveParts(run.arch, strategy.threshold, average));
  const weights = run.state.average.clone();
  weights.shrink(trainingGraph(run.context.plan.config, arch).weights, moves);
  return { ...trial, arch, weights, operator: trial.role === 'reference' ? 'train' : 'shrink' };
}

/** What the shrinking view draws: channels of each kernel and tokens alive by block, and what the rule saw. */
function describe(
  candidate: Omit<Candidate, 'details'>,
  phase: ContinuationPhase,
  strategy: ShrinkConfig,
  decision: ShrinkDecision,
  step: number,
  factors: FactorHistogram,
): Candidate {
  const alive = Object.fromEntries(
    blocks(candidate.arch).map((block) => [
      block.name,
      { kernels: Object.fromEntries(block.kernels.map((k) => [k.kernel, k.hidden])), tokens: block.tokens },
    ]),
  );
  const { deadAtoms, deadMacs, removedAtoms } = decision;
  const lambda = penaltyAt(phase.penalty, step, strategy.rampSteps);
  return { ...candidate, details: { penalty: phase.penalty, lambda, alive, deadAtoms, deadMacs, removedAtoms, factors } };
}

/** Goes on with the smaller network: weights, running statistics, average and slots are compacted by the same moves. */
async function* cut(run: TrainingRun, decision: ShrinkDecision): AsyncGenerator<SearchEvent> {
  if (decision.keep === undefined) return;
  const { arch, moves } = shrinkPlan(run.arch, decision.keep);
  run.state.shrink(trainingGraph(run.context.plan.config, arch).weights, moves);
  run.adopt(arch);
  const { removedAtoms, deadMacs } = decision;
  yield { type: 'log', level: 'info', message: `cut out ${removedAtoms} atoms`, values: { step: run.searchStep, removedAtoms, deadMacs } };
}
