/** What stands for a value that is not there; never 0. The reason belongs in the title of the element. */
export const missing = '—';

/** `shown` of a number that is there, else the dash. */
export function orMissing(value: number | null | undefined, shown: (value: number) => string): string {
  return value === null || value === undefined || !Number.isFinite(value) ? missing : shown(value);
}
