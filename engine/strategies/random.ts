import type { Architecture, Choice } from '../spaces/search-space.ts';
import { admission } from './admission.ts';
import type { Proposal, Strategy, StrategyContext } from './strategy.ts';

/** Draws before giving up: limits that leave almost nothing are answered, not searched for ever. */
const maxDraws = 200;
const maxHalvings = 40;

/**
 * Uniform architectures. One outside the MACs limits is scaled: all its numeric choices are multiplied by one factor, found by
 * bisection for a target drawn within the limits, so that narrow limits far from the middle of the space are met as well. The same holds for one
 * that is too slow.
 */
export const randomStrategy: Strategy = { id: 'random', propose };

function propose(context: StrategyContext): Proposal | undefined {
  const { space, settings, rng } = context;
  const admit = admission(context);
  const choices = space.choices(settings);
  for (let draw = 0; draw < maxDraws; draw++) {
    const arch = fitted(space.sample(settings, rng), choices, context, rng.uniform());
    const admitted = arch === undefined ? undefined : admit(arch);
    if (admitted !== undefined) return { arch: admitted, operator: 'sample' };
  }
  return undefined;
}

/** Within the MACs limits; one that is too slow then is scaled to the latency limit, after which it may be too small. */
function fitted(arch: Architecture, choices: readonly Choice[], context: StrategyContext, position: number): Architecture | undefined {
  const { macs, macsLimits, latency } = context;
  const found = scaleInto(arch, choices, macs, macsLimits, position);
  if (found === undefined || latency === undefined) return found;
  // without a prediction there is nothing to scale by
  return scaleInto(found, choices, (one) => latency.predictMs(one) ?? 0, [0, latency.maxMs], position);
}

/** `position` in [0, 1] places the target between the limits of `sizeOf`. */
function scaleInto(
  arch: Architecture,
  choices: readonly Choice[],
  sizeOf: (arch: Architecture) => number,
  [lower, upper]: readonly [number, number],
  position: number,
): Architecture | undefined {
  const isInside = (size: number): boolean => size >= lower && size <= upper;
  const size = sizeOf(arch);
  if (isInside(size)) return arch;
  // an upper limit beyond the space leaves the middle between the lower limit and the draw's own size
  const target = lower + position * (Math.min(upper, Math.max(2 * size, lower)) - lower);
  let [low, high] = [0, 1];
  while (sizeOf(scaled(arch, choices, high)) < target && high < 1024) high *= 2;
  for (let i = 0; i < maxHalvings; i++) {
    const middle = (low + high) / 2;
    const candidate = scaled(arch, choices, middle);
    const found = sizeOf(candidate);
    if (isInside(found)) return candidate;
    if (found < target) low = middle;
    else high = middle;
  }
  return undefined;
}

/** Every numeric choice times `factor`, within its range or as the nearest of its values. */
function scaled(arch: Architecture, choices: readonly Choice[], factor: number): Architecture {
  const values: Record<string, number> = { ...arch.choices };
  for (const { name, range, values: offered } of choices) {
    const value = values[name];
    if (value === undefined) continue;
    if (offered !== undefined) values[name] = nearest(offered, value * factor);
    else if (range !== undefined) values[name] = Math.min(Math.max(Math.round(value * factor), range[0]), range[1]);
  }
  return { ...arch, choices: values };
}

function nearest(offered: readonly number[], wanted: number): number {
  return offered.reduce((best, value) => (Math.abs(value - wanted) < Math.abs(best - wanted) ? value : best));
}
