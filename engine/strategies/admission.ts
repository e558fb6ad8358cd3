import type { Architecture } from '../spaces/search-space.ts';
import type { FinishedTrial, StrategyContext } from './strategy.ts';

/**
 * The canonical form of what a strategy thought of; undefined when it is no valid architecture, was tried before, or lies outside the
 * limits. The cheap questions come first: MACs take a whole graph.
 */
export type Admit = (arch: Architecture) => Architecture | undefined;

export function admission(context: StrategyContext): Admit {
  const seen = new Set(context.finished.map((trial) => trial.hash));
  return (arch) => {
    if (context.space.check(arch).length > 0) return undefined;
    const canonical = context.space.canonical(arch);
    if (seen.has(context.hash(canonical))) return undefined;
    return isWithinLimits(context, canonical) ? canonical : undefined;
  };
}

function isWithinLimits({ macs, macsLimits: [lower, upper], latency }: StrategyContext, arch: Architecture): boolean {
  const found = macs(arch);
  if (found < lower || found > upper) return false;
  if (latency === undefined) return true;
  const ms = latency.predictMs(arch);
  return ms !== undefined && ms <= latency.maxMs;
}

/** Trials with a score, the best first; of equal ones the earlier first. */
export function ranked<T extends Pick<FinishedTrial, 'number' | 'value'>>(finished: readonly T[]): readonly T[] {
  return finished.filter(({ value }) => Number.isFinite(value)).sort((a, b) => b.value - a.value || a.number - b.number);
}
