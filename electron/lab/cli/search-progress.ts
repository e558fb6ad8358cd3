import { percent, quantity, threeDigits } from '../../../engine/export/quantity.ts';
import type { SearchEvent, TrialResult } from '../../../engine/search/events.ts';

/** How far a running search is, as its events tell. Plain data; `advance` makes the next one. */
export interface SearchProgressState {
  readonly totalSteps: number;
  readonly step: number;
  readonly phase: string;
  readonly phaseNumber: number;
  readonly phaseCount: number;
  /** Newest values by name: loss, learning rate, ... */
  readonly values: Readonly<Record<string, number>>;
  readonly lastTrial?: TrialResult;
  /** MACs of the first trial seen of each series: what shrinking is compared with. */
  readonly largestMacs: number;
  /** When and at which step this process saw its first step; for the remaining time. */
  readonly firstSeen?: { readonly step: number; readonly ms: number };
}

export const startState: SearchProgressState = {
  totalSteps: 0,
  step: 0,
  phase: '',
  phaseNumber: 0,
  phaseCount: 0,
  values: {},
  largestMacs: 0,
};

/** The state after `event`, seen at `ms` of a steady clock. */
export function advance(state: SearchProgressState, event: SearchEvent, ms: number): SearchProgressState {
  switch (event.type) {
    case 'plan':
      return { ...state, totalSteps: event.totalSteps, phaseCount: event.phases.length };
    case 'phase':
      return { ...state, phase: event.name, phaseNumber: event.index + 1 };
    case 'scalars':
      return {
        ...state,
        step: event.step,
        values: { ...state.values, ...event.values },
        firstSeen: state.firstSeen ?? { step: event.step, ms },
      };
    case 'trial-finished':
      return { ...state, lastTrial: event.trial, largestMacs: Math.max(state.largestMacs, event.trial.cost.macs) };
    case 'state':
      return { ...state, step: Math.max(state.step, event.step) };
    case 'stopped':
    case 'finished':
      return { ...state, step: event.step };
    default:
      return state;
  }
}

/** Seconds until the end at the speed seen so far (evaluations included); NaN before two steps were seen. */
export function secondsLeft(state: SearchProgressState, ms: number): number {
  const { firstSeen } = state;
  if (firstSeen === undefined || state.step <= firstSeen.step) return NaN;
  return ((ms - firstSeen.ms) / 1000 / (state.step - firstSeen.step)) * (state.totalSteps - state.step);
}

/** 'phase 2/5 rho=0.005 · loss 1.23 · mIoU 41.2 % · 31.2 M MACs'. */
export function statusWords(state: SearchProgressState): string {
  const { lastTrial, values } = state;
  const metric = lastTrial?.metrics[0];
  return [
    state.phaseNumber === 0 ? 'starting' : `phase ${state.phaseNumber}/${state.phaseCount} ${state.phase}`,
    ...(values.loss === undefined ? [] : [`loss ${threeDigits(values.loss)}`]),
    ...(metric === undefined ? [] : [`${metric.name} ${percent(metric.value)}`]),
    ...(lastTrial === undefined ? [] : [quantity(lastTrial.cost.macs, 'MACs')]),
  ].join(' · ');
}

/** What is worth a line of its own; undefined for the rest. `before` is the state without the event. */
export function eventLine(event: SearchEvent, before: SearchProgressState): string | undefined {
  switch (event.type) {
    case 'phase':
      return `phase ${event.index + 1}/${before.phaseCount} ${event.name}: ${event.steps} steps`;
    case 'trial-finished':
      return trialLine(event.trial, before);
    case 'trial-failed':
      return `t${event.number} failed: ${event.message}${event.tip === undefined ? '' : ` Tip: ${event.tip}`}`;
    case 'log':
      return event.level === 'warn' ? `warning: ${event.message}` : event.message;
    case 'stopped':
      return `stopped after step ${event.step}`;
    default:
      return undefined;
  }
}

function trialLine(trial: TrialResult, before: SearchProgressState): string {
  const metric = trial.metrics[0];
  const largest = Math.max(before.largestMacs, trial.cost.macs);
  const saved = trial.cost.macs < largest ? ` (-${percent(1 - trial.cost.macs / largest, 0)})` : '';
  return [
    `t${trial.number}${trial.series === undefined ? '' : ` ${trial.series}`}${trial.role === 'trajectory' ? '' : ` [${trial.role}]`}:`,
    metric === undefined ? '—' : `${metric.name} ${percent(metric.value)} on ${metric.split},`,
    `${quantity(trial.cost.macs, 'MACs')}${saved}, ${quantity(trial.cost.params, 'params')}`,
  ].join(' ');
}
