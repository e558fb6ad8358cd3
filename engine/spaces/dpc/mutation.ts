import type { Rng } from '../../rng.ts';
import type { Architecture } from '../search-space.ts';
import { offeredBy } from '../check-architecture.ts';
import { choicesOf } from './choices.ts';
import { withDefaults } from './settings.ts';

/**
 * Valid architectures that differ from a valid one in exactly one choice: another operation or another input of one branch; with 5 branches 410.
 * Some of them can be equal as cells, and equal to the given one: inputs that change between two branches that are alike.
 */
export function neighbours(arch: Architecture): Architecture[] {
  return choicesOf(withDefaults(arch.settings)).flatMap((choice) => {
    const others = offeredBy(choice).filter((value) => value !== arch.choices[choice.name]);
    return others.map((value) => ({ ...arch, choices: { ...arch.choices, [choice.name]: value } }));
  });
}

/** One of the neighbours, all equally likely: the search draws some of its points near the best ones (paper, section 4.2). */
export function mutate(arch: Architecture, rng: Rng): Architecture {
  return rng.pick(neighbours(arch));
}
