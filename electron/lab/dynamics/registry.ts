import type { ExperimentStore } from '../../../db/store.ts';
import type { SearchConfig } from '../../../engine/search/config.ts';
import type { FamilyDynamics, NoDynamics } from '../../ipc/dynamics.ts';
import { cellDynamics } from './cells.ts';
import { choiceDynamics } from './choices.ts';
import { shrinkDynamics } from './shrink.ts';

export interface FamilyInput {
  readonly store: ExperimentStore;
  /** Whole id of the experiment. */
  readonly id: string;
  readonly config: SearchConfig;
}

/** One family's view: which searches it is for, and its data from what is stored. */
interface Family {
  readonly systems: readonly string[];
  readonly strategies: readonly string[];
  build(input: FamilyInput): Exclude<FamilyDynamics, NoDynamics>;
}

/** The first that fits is taken. */
const families: readonly Family[] = [
  {
    systems: ['hr-nas'],
    strategies: ['shrink'],
    build: (input) => ({ kind: 'shrink', title: 'Shrinking of the supernet', data: shrinkDynamics(input) }),
  },
  {
    systems: ['dpc'],
    strategies: ['random', 'near-best', 'evolution', 'tpe'],
    build: (input) => ({ kind: 'cells', title: 'Cells of the search', data: cellDynamics(input) }),
  },
  {
    systems: ['lite-hrnet'],
    strategies: ['random', 'near-best', 'evolution', 'tpe'],
    build: (input) => ({ kind: 'choices', title: 'Choices of the family', data: choiceDynamics(input) }),
  },
];

/** Strategies without a view of their own, and why. */
const reasons: Readonly<Record<string, { readonly title: string; readonly reason: string }>> = {
  random: {
    title: 'Random search',
    reason:
      'Random search draws every network on its own: no trial depends on another, so there is nothing beyond the trials themselves. They are below in the order in which they were drawn.',
  },
  fixed: {
    title: 'One fixed network',
    reason: 'This experiment trains one network that was given; nothing is searched. Its graph shows what it consists of.',
  },
};

export function familyDynamics(input: FamilyInput): FamilyDynamics {
  const { system, strategy } = input.config;
  const family = families.find(({ systems, strategies }) => systems.includes(system) && strategies.includes(strategy.id));
  if (family !== undefined) return family.build(input);
  const known = reasons[strategy.id] ?? {
    title: strategy.id,
    reason: `There is no view of its own for the strategy '${strategy.id}' yet.`,
  };
  const graph = strategy.id === 'fixed' ? { graph: { experiment: input.id, trial: 0 } } : {};
  return { kind: 'none', ...known, ...graph };
}
