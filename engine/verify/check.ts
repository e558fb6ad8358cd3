/** One comparison with a golden figure. It passes when the deviation is at most what is allowed. */
export interface GoldenCheck {
  readonly what: string;
  /** Exact comparisons: how many entries differ. Else relative to what `what` says. */
  readonly deviation: number;
  readonly allowed: number;
  /** The first difference, in words. */
  readonly detail?: string;
}

export function passes(check: GoldenCheck): boolean {
  return check.deviation <= check.allowed; // NaN fails
}

/** Share of what is allowed; exact comparisons that fail come first. */
export function severity({ deviation, allowed }: GoldenCheck): number {
  if (Number.isNaN(deviation)) return Infinity;
  if (allowed === 0) return deviation === 0 ? 0 : Infinity;
  return deviation / allowed;
}

/** A comparison that allows no difference. */
export function exactly(what: string, expected: unknown, actual: unknown): GoldenCheck {
  const [e, a] = [JSON.stringify(expected), JSON.stringify(actual)];
  return e === a ? { what, deviation: 0, allowed: 0 } : { what, deviation: 1, allowed: 0, detail: `expected ${e}, ${a} came` };
}
