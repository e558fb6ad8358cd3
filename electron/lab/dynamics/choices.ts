import { findSpace } from '../../../engine/catalog.ts';
import { offeredBy } from '../../../engine/spaces/check-architecture.ts';
import type { Architecture, Choice } from '../../../engine/spaces/search-space.ts';
import type { ChoiceDynamics, PopulationPoint } from '../../ipc/dynamics.ts';
import { bestOf, searchedTrials, sharesOf } from './best-trials.ts';
import type { ScoredTrial } from './best-trials.ts';
import type { FamilyInput } from './registry.ts';

/** What the best networks of a family chose more often than all, beside the published ones; the population of an evolution. */
export function choiceDynamics({ store, id, config }: FamilyInput): ChoiceDynamics {
  const { strategy, space: settings, system } = config;
  const space = findSpace(system);
  const trials = searchedTrials(store, id);
  const best = bestOf(trials);
  const published = space.published.map(({ name, arch }) => ({ name, arch }));
  return {
    best: best.length,
    all: trials.length,
    choices: space.choices(settings).map((choice) => ({
      name: choice.name,
      ...(choice.description === undefined ? {} : { description: choice.description }),
      rows: rowsOf(choice, best, trials, published),
    })),
    population: strategy.id === 'evolution' ? populationOf(trials, strategy.population) : [],
    ...(strategy.id === 'evolution' ? { size: strategy.population } : {}),
  };
}

function rowsOf(
  choice: Choice,
  best: readonly ScoredTrial[],
  all: readonly ScoredTrial[],
  published: readonly { readonly name: string; readonly arch: Architecture }[],
): ChoiceDynamics['choices'][number]['rows'] {
  const textOf = ({ choices }: Architecture): string => labelOf(choice, choices[choice.name] ?? NaN);
  const labels = offeredBy(choice).map((value) => labelOf(choice, value));
  const archs = (trials: readonly ScoredTrial[]): string[] => trials.map(({ arch }) => textOf(arch));
  return sharesOf(labels, archs(best), archs(all)).map((row) => {
    const names = published.filter(({ arch }) => textOf(arch) === row.label).map(({ name }) => name);
    return names.length === 0 ? row : { ...row, published: names };
  });
}

function labelOf({ options }: Choice, value: number): string {
  return options?.[value] ?? String(value);
}

/** Who is alive after each trial: the newest `size` ones (regularised evolution lets the oldest die). */
function populationOf(trials: readonly ScoredTrial[], size: number): readonly PopulationPoint[] {
  return trials.map(({ number }, i) => {
    const alive = trials.slice(Math.max(0, i + 1 - size), i + 1);
    const values = alive.map(({ value }) => value).sort((a, b) => b - a);
    const parents = new Set(alive.flatMap((trial) => trial.parents));
    return {
      trial: number,
      best: values[0] ?? NaN,
      median: values[values.length >> 1] ?? NaN,
      worst: values.at(-1) ?? NaN,
      parents: parents.size,
    };
  });
}
