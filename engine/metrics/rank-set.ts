const bitsPerWord = 32;

/**
 * A set of whole numbers 0..size-1 that finds neighbours without a search through its members: one bit a number, and above every
 * 32 bits one bit that says whether any of them is set. Every operation costs a few steps per level (4 levels for a million numbers).
 */
export class RankSet {
  /** levels[0] has one bit a number; the last level is one word. */
  readonly #levels: readonly Uint32Array[];

  constructor(size: number) {
    const levels: Uint32Array[] = [];
    let words = Math.max(1, Math.ceil(size / bitsPerWord));
    for (;;) {
      levels.push(new Uint32Array(words));
      if (words === 1) break;
      words = Math.ceil(words / bitsPerWord);
    }
    this.#levels = levels;
  }

  add(rank: number): void {
    let at = rank;
    for (const level of this.#levels) {
      const word = at >>> 5;
      level[word] = (level[word] as number) | (1 << (at & 31));
      at = word;
    }
  }

  delete(rank: number): void {
    let at = rank;
    for (const level of this.#levels) {
      const word = at >>> 5;
      const left = (level[word] as number) & ~(1 << (at & 31));
      level[word] = left;
      if (left !== 0) return;
      at = word;
    }
  }

  /** The largest member <= rank, -1 when there is none. */
  atMost(rank: number): number {
    let at = rank;
    for (let depth = 0; depth < this.#levels.length; depth++) {
      if (at < 0) return -1;
      const word = at >>> 5;
      const bits = ((this.#levels[depth] as Uint32Array)[word] ?? 0) & lowBits(at & 31);
      if (bits !== 0) return this.#descend(depth, (word << 5) + highest(bits), highest);
      at = word - 1;
    }
    return -1;
  }

  /** The smallest member >= rank, -1 when there is none. */
  atLeast(rank: number): number {
    let at = rank;
    for (let depth = 0; depth < this.#levels.length; depth++) {
      const word = at >>> 5;
      const bits = ((this.#levels[depth] as Uint32Array)[word] ?? 0) & ~(lowBits(at & 31) >>> 1);
      if (bits !== 0) return this.#descend(depth, (word << 5) + lowest(bits), lowest);
      at = word + 1;
    }
    return -1;
  }

  #descend(depth: number, found: number, pick: (bits: number) => number): number {
    let at = found;
    for (let below = depth - 1; below >= 0; below--) at = (at << 5) + pick((this.#levels[below] as Uint32Array)[at] as number);
    return at;
  }
}

/** Bits 0..bit. */
function lowBits(bit: number): number {
  return 0xffffffff >>> (31 - bit);
}

function highest(bits: number): number {
  return 31 - Math.clz32(bits);
}

function lowest(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
