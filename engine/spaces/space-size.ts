import type { Architecture, Choice, SearchSpace } from './search-space.ts';

/** Decimal logarithm of the number of different networks of a space, as far as it knows them apart. */
export function log10SpaceSize(space: SearchSpace, settings: Architecture['settings']): number {
  if (space.countNetworks === undefined) return log10Size(space.choices(settings));
  const digits = space.countNetworks(settings).toString();
  return digits.length - 1 + Math.log10(Number(`${digits[0]}.${digits.slice(1, 16)}`));
}

/** Decimal logarithm of the number of architectures: the product of what each choice offers. */
function log10Size(choices: readonly Choice[]): number {
  return choices.reduce(
    (sum, { options, values, range }) =>
      sum + Math.log10(options?.length ?? values?.length ?? (range === undefined ? 1 : range[1] - range[0] + 1)),
    0,
  );
}
