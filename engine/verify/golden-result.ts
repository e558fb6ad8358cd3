import { passes, severity, type GoldenCheck } from './check.ts';

export interface GoldenResult {
  readonly file: string;
  readonly pass: boolean;
  /** The check that uses the largest share of what it allows. */
  readonly worst: { readonly what: string; readonly deviation: number; readonly allowed: number };
  readonly checks: readonly GoldenCheck[];
  /** What this backend was spared, in words. */
  readonly skipped: readonly string[];
  /** What the file does not hold, so that nothing could be compared with it. */
  readonly absent: readonly string[];
  /** Only when a forward pass fails: statistics by module in running order; the first that deviates shows where the difference begins. */
  readonly modules?: readonly GoldenCheck[];
}

/** The verdict over one or more checks. */
export function resultOf(file: string, checks: readonly GoldenCheck[], rest: Pick<GoldenResult, 'skipped' | 'absent'>): GoldenResult {
  const worst = checks.reduce((a, b) => (severity(b) > severity(a) ? b : a));
  return {
    file,
    pass: checks.every(passes),
    worst: { what: worst.what, deviation: worst.deviation, allowed: worst.allowed },
    checks,
    ...rest,
  };
}
