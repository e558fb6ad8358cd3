/**
 * Random numbers that follow from a seed and from what they are for, so that items do not depend on order, count or workers.
 * Integer arithmetic only: the same values on every machine.
 */

/** FNV-1a, 32 bit, over the UTF-8 bytes of `text`. */
export function hash32(text: string): number {
  let hash = 2166136261;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 16777619);
  }
  return hash >>> 0;
}

/** The seed of one item's stream (layout, colour, noise, ...): independent of how many items a set has. */
export function itemSeed(setSeed: number, split: string, index: number, stream: string): number {
  return hash32(`${setSeed}/${split}/${index}/${stream}`);
}

export interface Random {
  /** A whole number in [0, 2^32). */
  bits(): number;
  /** In [0, 1). */
  uniform(): number;
  /** In [low, high). */
  between(low: number, high: number): number;
  /** A whole number in [0, n). */
  int(n: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  pick<T>(values: readonly T[]): T;
}

/** xoshiro128** (Blackman and Vigna), its four words filled by splitmix32 from a 32-bit seed. */
export function createRandom(seed: number): Random {
  let mix = seed >>> 0;
  const splitmix = (): number => {
    mix = (mix + 0x9e3779b9) | 0;
    let z = mix;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) | 0;
  };
  let a = splitmix();
  let b = splitmix();
  let c = splitmix();
  let d = splitmix();

  const bits = (): number => {
    const scrambled = Math.imul(b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  const uniform = (): number => bits() / 4294967296;
  const int = (n: number): number => Math.floor(uniform() * n);
  return {
    bits,
    uniform,
    between: (low, high) => low + (high - low) * uniform(),
    int,
    chance: (probability) => uniform() < probability,
    pick: <T>(values: readonly T[]): T => {
      if (values.length === 0) throw new RangeError('cannot pick from an empty list');
      return values[int(values.length)] as T;
    },
  };
}

/** Of the standard normal distribution (Box and Muller). */
export function drawNormal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.uniform()));
  return radius * Math.cos(2 * Math.PI * random.uniform());
}

/** The numbers 0..n-1 in random order (Fisher-Yates). */
export function permutation(n: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = random.int(i + 1);
    const swap = order[i] as number;
    order[i] = order[j] as number;
    order[j] = swap;
  }
  return order;
}
