import { findSpace } from '../../../engine/catalog.ts';
import type { Architecture } from '../../../engine/spaces/search-space.ts';

/** The choices of a network as people read them: by the name of the option where a choice offers named ones, else the number. */
export function namedChoices({ space, settings, choices }: Architecture): Readonly<Record<string, string | number>> {
  const options = new Map(
    findSpace(space)
      .choices(settings)
      .map((choice) => [choice.name, choice.options]),
  );
  return Object.fromEntries(Object.entries(choices).map(([name, value]) => [name, options.get(name)?.[value] ?? value]));
}
