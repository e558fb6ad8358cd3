/**
 * Random numbers that are derived, not kept: a stream follows from a seed and what it is for, so resuming needs no saved state.
 */

/** FNV-1a, 32 bit, over the UTF-8 bytes of `text`. */
export function hash32(text: string): number {
  let hash = 2166136261;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 16777619);
  }
  return hash >>> 0;
}

/** A stream of uniform numbers. Every method takes the next value of the stream. */
export interface Rng {
  /** In [0, 1). */
  uniform(): number;
  /** A whole number in [0, n). */
  int(n: number): number;
  /** Roughly normal, mean 0, standard deviation 1 (Box-Muller, two values of the stream). */
  normal(): number;
  pick<T>(values: readonly T[]): T;
  /** A new array with the values in random order (Fisher-Yates). */
  shuffle<T>(values: readonly T[]): T[];
}

/** mulberry32 (Tommy Ettinger's 32-bit generator), seeded by a 32-bit whole number. */
export function mulberry32(seed: number): () => number {
  let a = seed | 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = a;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function createRng(seed: number): Rng {
  const uniform = mulberry32(seed);
  const int = (n: number): number => Math.floor(uniform() * n);
  return {
    uniform,
    int,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    pick: <T>(values: readonly T[]): T => {
      if (values.length === 0) throw new RangeError('cannot pick from an empty list');
      return values[int(values.length)] as T;
    },
    shuffle: <T>(values: readonly T[]): T[] => {
      const result = [...values];
      for (let i = result.length - 1; i > 0; i--) {
        const j = int(i + 1);
        [result[i], result[j]] = [result[j] as T, result[i] as T];
      }
      return result;
    },
  };
}

/** The stream for one purpose of one experiment: `rngFor(seed, 'propose', trialNumber)`. */
export function rngFor(seed: number, ...purpose: readonly (string | number)[]): Rng {
  return createRng(hash32([seed, ...purpose].join('/')));
}
