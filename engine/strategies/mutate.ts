import type { Rng } from '../rng.ts';
import { offeredBy } from '../spaces/check-architecture.ts';
import type { Architecture, SearchSpace } from '../spaces/search-space.ts';

/**
 * `arch` with exactly one choice changed to another value that it offers: as the space does it, else a choice at random, then a value at
 * random. The result can be equal to `arch` in canonical form (a choice that makes no difference); undefined when nothing can be changed.
 */
export function mutate(space: SearchSpace, arch: Architecture, rng: Rng): Architecture | undefined {
  if (space.mutate !== undefined) return space.mutate(arch, rng);
  const open = space.choices(arch.settings).flatMap((choice) => {
    const others = offeredBy(choice).filter((value) => value !== arch.choices[choice.name]);
    return others.length === 0 ? [] : [{ name: choice.name, others }];
  });
  if (open.length === 0) return undefined;
  const { name, others } = rng.pick(open);
  return { ...arch, choices: { ...arch.choices, [name]: rng.pick(others) } };
}
