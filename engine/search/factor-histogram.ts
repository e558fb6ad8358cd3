/** How many importance factors lie in each bin of a logarithmic scale: what the shrinking view draws beside the threshold. */
export interface FactorHistogram {
  /** log10 of the first bin's lower end; smaller factors (and tokens that are not positive) count in `below`. */
  readonly from: number;
  readonly perDecade: number;
  readonly atoms: readonly number[];
  readonly tokens: readonly number[];
  readonly below: { readonly atoms: number; readonly tokens: number };
}

const from = -6;
const decades = 7;
const perDecade = 4;

/** `atoms` count by their absolute value, `tokens` by their value, as the rules of HR-NAS do (spec 4.3, 10.7). What is beyond 10 counts in the last bin. */
export function factorHistogram(atoms: readonly ArrayLike<number>[], tokens: readonly ArrayLike<number>[]): FactorHistogram {
  const [atomBins, atomsBelow] = count(atoms, Math.abs);
  const [tokenBins, tokensBelow] = count(tokens, (factor) => factor);
  return { from, perDecade, atoms: atomBins, tokens: tokenBins, below: { atoms: atomsBelow, tokens: tokensBelow } };
}

function count(lists: readonly ArrayLike<number>[], size: (factor: number) => number): [number[], number] {
  const bins = new Array<number>(decades * perDecade).fill(0);
  let below = 0;
  for (const factors of lists) {
    for (let i = 0; i < factors.length; i++) {
      const value = size(factors[i] ?? 0);
      const bin = value > 0 ? Math.floor((Math.log10(value) - from) * perDecade) : -1;
      if (bin < 0) below++;
      else bins[Math.min(bin, bins.length - 1)]! += 1;
    }
  }
  return [bins, below];
}
