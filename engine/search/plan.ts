import type { SearchConfig, ShrinkConfig, TrialConfig } from './config.ts';

/** What a phase does. Steps are training steps; trial numbers follow from the plan alone. */
export type PlannedPhase = WarmUpPhase | ContinuationPhase | FixedPhase | RetrainPhase;

interface PhaseBase {
  readonly name: string;
  readonly steps: number;
  /** Steps of all phases before. */
  readonly firstStep: number;
}

/** Trains the whole supernet without penalty; its end is kept. */
export interface WarmUpPhase extends PhaseBase {
  readonly kind: 'warm-up';
}

/** Continues from the end of the warm-up with one penalty, shrinking on the way. */
export interface ContinuationPhase extends PhaseBase {
  readonly kind: 'continuation';
  readonly penalty: number;
  readonly role: 'front' | 'reference';
  /** Training steps of this network after which it is evaluated (and shrunk), counted in this phase; the last is the end. */
  readonly points: readonly number[];
  /** Number of the trial of points[0]; the others follow. */
  readonly firstTrial: number;
}

/** Trains one network that a strategy proposes (or the config names), and evaluates it. */
export interface FixedPhase extends PhaseBase {
  readonly kind: 'fixed';
  readonly trial: number;
}

/** Trains one of the best networks of all fixed phases again, from new weights, and evaluates it. Which one follows from the finished trials. */
export interface RetrainPhase extends PhaseBase {
  readonly kind: 'retrain';
  /** 0: the best by the ranking metric. */
  readonly rank: number;
  readonly trial: number;
}

export interface SearchPlan {
  readonly config: SearchConfig;
  readonly phases: readonly PlannedPhase[];
  readonly totalSteps: number;
  readonly totalTrials: number;
}

/** Name under which the end of the warm-up is kept. */
export const warmUpName = 'warm-up';

/** Phases, steps and trials of a config. Pure. */
export function planSearch(config: SearchConfig): SearchPlan {
  const { strategy } = config;
  const phases = phasesOf(strategy);
  const totalTrials = phases.reduce((sum, phase) => sum + trialsOf(phase), 0);
  return { config, phases, totalSteps: phases.reduce((sum, phase) => sum + phase.steps, 0), totalTrials };
}

function phasesOf(strategy: SearchConfig['strategy']): PlannedPhase[] {
  if (strategy.id === 'shrink') return shrinkPhases(strategy);
  if (strategy.id === 'fixed') return fixedPhases(1, strategy.steps);
  return [...fixedPhases(strategy.trials, strategy.steps), ...retrainPhases(strategy)];
}

function trialsOf(phase: PlannedPhase): number {
  if (phase.kind === 'warm-up') return 0;
  return phase.kind === 'continuation' ? phase.points.length : 1;
}

function shrinkPhases(strategy: ShrinkConfig): PlannedPhase[] {
  const phases: PlannedPhase[] = [{ kind: 'warm-up', name: warmUpName, steps: strategy.warmupSteps, firstStep: 0 }];
  const penalties = strategy.withReference ? [0, ...strategy.penalties] : strategy.penalties;
  let firstTrial = 0;
  let firstStep = strategy.warmupSteps;
  for (const penalty of penalties) {
    const role = penalty === 0 && strategy.withReference ? 'reference' : 'front';
    // the unshrunk reference has nothing to say on the way
    const points = role === 'reference' ? [strategy.steps] : shrinkPoints(strategy.steps, strategy.intervalSteps);
    phases.push({ kind: 'continuation', name: `rho=${penalty}`, steps: strategy.steps, firstStep, penalty, role, points, firstTrial });
    firstTrial += points.length;
    firstStep += strategy.steps;
  }
  return phases;
}

/** Every `interval` steps and at the end. */
function shrinkPoints(steps: number, interval: number): number[] {
  const points: number[] = [];
  for (let step = interval; step < steps; step += interval) points.push(step);
  return [...points, steps];
}

function fixedPhases(trials: number, steps: number): PlannedPhase[] {
  return Array.from({ length: trials }, (_, trial): FixedPhase => ({
    kind: 'fixed',
    name: `trial ${trial}`,
    steps,
    firstStep: trial * steps,
    trial,
  }));
}

function retrainPhases({ trials, steps, retrain }: TrialConfig): PlannedPhase[] {
  return Array.from({ length: retrain.top }, (_, rank): RetrainPhase => ({
    kind: 'retrain',
    name: `retrain ${rank + 1}`,
    steps: retrain.steps,
    firstStep: trials * steps + rank * retrain.steps,
    rank,
    trial: trials + rank,
  }));
}
