import type { ProxyConfig, SearchConfig, ShrinkConfig, TrialConfig } from './config.ts';
import { backboneName } from './frozen/kept-backbone.ts';

/** What a phase does. Steps are training steps; trial numbers follow from the plan alone. */
export type PlannedPhase = BackbonePhase | WarmUpPhase | ContinuationPhase | FixedPhase | RetrainPhase;

interface PhaseBase {
  readonly name: string;
  readonly steps: number;
  /** Steps of all phases before. */
  readonly firstStep: number;
}

/** Makes the backbone of a proxy task; its end is kept. */
export interface BackbonePhase extends PhaseBase {
  readonly kind: 'backbone';
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

type UnplacedPhase = Unplaced<PlannedPhase>;
type Unplaced<P> = P extends PlannedPhase ? Omit<P, 'firstStep'> : never;

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
  const phases = placed([...backbonePhases(config.proxy), ...phasesOf(config.strategy)]);
  const totalTrials = phases.reduce((sum, phase) => sum + trialsOf(phase), 0);
  return { config, phases, totalSteps: phases.reduce((sum, phase) => sum + phase.steps, 0), totalTrials };
}

/** A backbone that is given takes no steps. */
function backbonePhases(proxy: ProxyConfig): UnplacedPhase[] {
  if (proxy.id === 'none') return [];
  return [{ kind: 'backbone', name: backboneName, steps: proxy.weights === '' ? proxy.steps : 0 }];
}

/** One after the other. */
function placed(phases: readonly UnplacedPhase[]): PlannedPhase[] {
  let next = 0;
  return phases.map((phase) => {
    const firstStep = next;
    next += phase.steps;
    return { ...phase, firstStep };
  });
}

function phasesOf(strategy: SearchConfig['strategy']): UnplacedPhase[] {
  if (strategy.id === 'shrink') return shrinkPhases(strategy);
  if (strategy.id === 'fixed') return fixedPhases(1, strategy.steps);
  return [...fixedPhases(strategy.trials, strategy.steps), ...retrainPhases(strategy)];
}

function trialsOf(phase: PlannedPhase): number {
  if (phase.kind === 'warm-up' || phase.kind === 'backbone') return 0;
  return phase.kind === 'continuation' ? phase.points.length : 1;
}

function shrinkPhases(strategy: ShrinkConfig): UnplacedPhase[] {
  const phases: UnplacedPhase[] = [{ kind: 'warm-up', name: warmUpName, steps: strategy.warmupSteps }];
  const penalties = strategy.withReference ? [0, ...strategy.penalties] : strategy.penalties;
  let firstTrial = 0;
  for (const penalty of penalties) {
    const role = penalty === 0 && strategy.withReference ? 'reference' : 'front';
    // the unshrunk reference has nothing to say on the way
    const points = role === 'reference' ? [strategy.steps] : shrinkPoints(strategy.steps, strategy.intervalSteps);
    phases.push({ kind: 'continuation', name: `rho=${penalty}`, steps: strategy.steps, penalty, role, points, firstTrial });
    firstTrial += points.length;
  }
  return phases;
}

/** Every `interval` steps and at the end. */
function shrinkPoints(steps: number, interval: number): number[] {
  const points: number[] = [];
  for (let step = interval; step < steps; step += interval) points.push(step);
  return [...points, steps];
}

function fixedPhases(trials: number, steps: number): UnplacedPhase[] {
  return Array.from({ length: trials }, (_, trial) => ({ kind: 'fixed', name: `trial ${trial}`, steps, trial }));
}

function retrainPhases({ trials, retrain }: TrialConfig): UnplacedPhase[] {
  return Array.from({ length: retrain.top }, (_, rank) => ({
    kind: 'retrain',
    name: `retrain ${rank + 1}`,
    steps: retrain.steps,
    rank,
    trial: trials + rank,
  }));
}
