import type { Random } from '../../datasets/random.ts';

/** Gives the listed values as uniform numbers, in order, and throws when there are no more. */
export function scriptedRandom(values: readonly number[]): Random & { readonly left: () => number } {
  const left = [...values];
  const uniform = (): number => {
    const value = left.shift();
    if (value === undefined) throw new Error('more random numbers than expected');
    return value;
  };
  return {
    left: () => left.length,
    bits: () => Math.floor(uniform() * 4294967296),
    uniform,
    between: (low, high) => low + (high - low) * uniform(),
    int: (n) => Math.floor(uniform() * n),
    chance: (probability) => uniform() < probability,
    pick: <T>(list: readonly T[]): T => list[Math.floor(uniform() * list.length)] as T,
  };
}
