import type { Choice } from '../../../engine/spaces/search-space.ts';

/** Decimal logarithm of the number of architectures: the product of what each choice offers. */
export function log10Size(choices: readonly Choice[]): number {
  return choices.reduce(
    (sum, { options, values, range }) =>
      sum + Math.log10(options?.length ?? values?.length ?? (range === undefined ? 1 : range[1] - range[0] + 1)),
    0,
  );
}
