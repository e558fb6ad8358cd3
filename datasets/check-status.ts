import type { CheckResult } from './check.ts';
import type { Finding, FindingList } from './findings.ts';

/** An error blocks the split that it names, or the whole set when it names none. */
export function checkStatus(splits: readonly string[], findings: readonly Finding[]): CheckResult['status'] {
  const errors = findings.filter((finding) => finding.severity === 'error');
  const isWholeBlocked = errors.some((finding) => finding.split === undefined);
  const usable = isWholeBlocked ? [] : splits.filter((split) => !errors.some((finding) => finding.split === split));
  return usable.length === 0 ? 'blocked' : errors.length > 0 ? 'usable' : 'ok';
}

/** What was looked at from a level on, and the findings that speak against it. */
export type PassedCheck = readonly [level: number, text: string, codes: readonly string[]];

export function passedChecks(checks: readonly PassedCheck[], level: number, findings: FindingList): readonly string[] {
  return checks.filter(([from, , codes]) => level >= from && !codes.some((code) => findings.has(code))).map(([, text]) => text);
}
