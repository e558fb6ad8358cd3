import type { SearchConfig, ShrinkConfig } from './config.ts';

/** What a phase does. Steps are training steps; trial numbers follow from the plan alone. */
export type PlannedPhase = WarmUpPhase | ContinuationPhase | FixedPhase;

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
  const phases =
    strategy.id === 'shrink' ? shrinkPhases(strategy) : fixedPhases(strategy.id === 'fixed' ? 1 : strategy.trials, strategy.steps);
  const totalTrials = phases.reduce((sum, phase) => sum + trialsOf(phase), 0);
  return { config, phases, totalSteps: phases.reduce((sum, phase) => sum + phase.steps, 0), totalTrials };
}

function trialsOf(phase: PlannedPhase): number {
  if (phase.kind === 'warm-up') return 0;
  return phase.kind === 'fixed' ? 1 : phase.points.length;
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
