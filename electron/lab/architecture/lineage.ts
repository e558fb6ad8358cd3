import { unknownTrial } from '../../../db/errors.ts';
import type { TrialView } from '../../ipc/contract.ts';
import type { Lineage, LineageEntry } from '../../ipc/architecture.ts';
import { changesOf } from './diff-view.ts';
import { namedChoices } from './named-choices.ts';

const mostEntries = 400;

/**
 * Ancestors of a trial. A strategy that breeds names the parents; a run that shrinks one network has the trial before it in the same
 * series as the only parent.
 */
export function lineageOf(experiment: string, trials: readonly TrialView[], number: number): Lineage {
  const byNumber = new Map(trials.map((trial) => [trial.number, trial]));
  const trial = byNumber.get(number);
  if (trial === undefined) throw unknownTrial(experiment, number);
  const usesParents = trials.some(({ parents }) => (parents?.length ?? 0) > 0);
  const parentsOf = usesParents ? namedParents(byNumber) : seriesParents(trials);
  const found = ancestorsOf(trial, parentsOf);
  const isCut = found.length > mostEntries;
  const chosen = found.slice(0, mostEntries).sort((a, b) => a.number - b.number);
  const generations = new Map<number, number>();
  const entries = chosen.map((entry): LineageEntry => {
    const parents = parentsOf(entry);
    const generation = parents.length === 0 ? 0 : 1 + Math.max(...parents.map((parent) => generations.get(parent.number) ?? 0));
    generations.set(entry.number, generation);
    return entryOf(entry, parents, generation);
  });
  const kind = entries.length < 2 ? 'none' : usesParents ? 'parents' : 'series';
  return { experiment, trial: number, kind, ...(kind === 'none' ? { reason: reasonOf(trial, usesParents) } : {}), entries, isCut };
}

type ParentsOf = (trial: TrialView) => readonly TrialView[];

/** A record is only trusted as far as it makes sense: a parent comes before its child, so that no chain runs in a circle. */
function namedParents(byNumber: ReadonlyMap<number, TrialView>): ParentsOf {
  return ({ number, parents = [] }) => parents.flatMap((parent) => (parent < number ? (byNumber.get(parent) ?? []) : []));
}

/** Networks of one run that shrinks; trained ones and references have no one before them. */
function seriesParents(trials: readonly TrialView[]): ParentsOf {
  const before = new Map<number, TrialView>();
  const last = new Map<string, TrialView>();
  for (const trial of trials) {
    if (trial.series === undefined || trial.state !== 'complete' || trial.operator !== 'shrink') continue;
    const previous = last.get(trial.series);
    if (previous !== undefined) before.set(trial.number, previous);
    last.set(trial.series, trial);
  }
  return ({ number }) => {
    const parent = before.get(number);
    return parent === undefined ? [] : [parent];
  };
}

/** Nearest first, the trial itself at the head. */
function ancestorsOf(trial: TrialView, parentsOf: ParentsOf): TrialView[] {
  const found = new Map([[trial.number, trial]]);
  for (const entry of found.values()) {
    if (found.size > mostEntries) break;
    for (const parent of parentsOf(entry)) found.set(parent.number, parent);
  }
  return [...found.values()];
}

function entryOf(trial: TrialView, parents: readonly TrialView[], generation: number): LineageEntry {
  const [first] = parents;
  const [metric] = trial.metrics;
  return {
    trial: trial.number,
    parents: parents.map((parent) => parent.number),
    generation,
    ...(trial.operator === undefined ? {} : { operator: trial.operator }),
    ...(trial.series === undefined ? {} : { series: trial.series }),
    ...(trial.cost === undefined ? {} : { macs: trial.cost.macs }),
    ...(metric === undefined ? {} : { metric }),
    ...(first === undefined ? {} : { changes: changesOf(namedChoices(first.arch), namedChoices(trial.arch)) }),
  };
}

function reasonOf({ operator, role }: TrialView, usesParents: boolean): string {
  if (operator === 'tpe') return 'It was drawn from what is likely among the best trials before it: it has no single parent.';
  if (usesParents) return 'It belongs to the first generation: it was drawn at random and has no parents.';
  if (role === 'reference') return 'It is the reference: the whole supernet, trained and not shrunk.';
  if (operator === 'sample') return 'It was drawn at random: networks of this strategy have no parents.';
  if (operator === 'shrink') return 'It is the first point of its run: before it stands only the supernet.';
  return 'It is the only network of its run.';
}
