/** Pairs below which a rank agreement says nothing. */
export const fewestPairs = 8;

export interface RankAgreement {
  /** Kendall's tau-b in [-1, 1]; undefined when one side has only equal values or fewer than two pairs are there. */
  readonly tau: number | undefined;
  readonly n: number;
  readonly isTooFew: boolean;
}

/**
 * Rank agreement of two scores of the same things, corrected for ties (tau-b), in O(n log n) (Knight, JASA 1966):
 * sort by the first score, count the exchanges that sorting by the second takes.
 * Pairs with a value that is not finite are left out.
 */
export function kendallTauB(a: readonly number[], b: readonly number[]): RankAgreement {
  if (a.length !== b.length) throw new RangeError(`kendallTauB: ${a.length} values against ${b.length}`);
  const pairs = a
    .map((value, i) => [value, b[i] as number] as const)
    .filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y))
    .sort((p, q) => p[0] - q[0] || p[1] - q[1]);
  const n = pairs.length;
  const isTooFew = n < fewestPairs;
  const all = pairsOf(n);
  const tiesA = tiedPairs(pairs, (p, q) => p[0] === q[0]);
  const tiesBoth = tiedPairs(pairs, (p, q) => p[0] === q[0] && p[1] === q[1]);
  const second = pairs.map((pair) => pair[1]);
  const discordant = countExchanges(second); // sorts `second`
  const tiesB = tiedPairs(second, (p, q) => p === q);
  const spread = Math.sqrt((all - tiesA) * (all - tiesB));
  if (!(spread > 0)) return { tau: undefined, n, isTooFew };
  const concordantMinusDiscordant = all - tiesA - tiesB + tiesBoth - 2 * discordant;
  return { tau: Math.max(-1, Math.min(1, concordantMinusDiscordant / spread)), n, isTooFew };
}

function pairsOf(n: number): number {
  return (n * (n - 1)) / 2;
}

/** Pairs inside runs of neighbours that are equal; `values` is sorted. */
function tiedPairs<T>(values: readonly T[], isEqual: (p: T, q: T) => boolean): number {
  let tied = 0;
  let run = 1;
  for (let i = 1; i <= values.length; i++) {
    if (i < values.length && isEqual(values[i - 1] as T, values[i] as T)) {
      run++;
    } else {
      tied += pairsOf(run);
      run = 1;
    }
  }
  return tied;
}

/** Sorts in place by merging, bottom up; returns how many pairs stood in the wrong order. */
function countExchanges(values: number[]): number {
  let exchanges = 0;
  for (let width = 1; width < values.length; width *= 2) {
    for (let start = 0; start + width < values.length; start += 2 * width) {
      const left = values.slice(start, start + width);
      const right = values.slice(start + width, start + 2 * width);
      let l = 0;
      let r = 0;
      for (let out = start; l < left.length || r < right.length; out++) {
        const takeRight = l === left.length || (r < right.length && (right[r] as number) < (left[l] as number));
        if (takeRight) exchanges += left.length - l;
        values[out] = takeRight ? (right[r++] as number) : (left[l++] as number);
      }
    }
  }
  return exchanges;
}
