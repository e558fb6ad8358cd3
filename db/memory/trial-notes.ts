import { unknownTrial } from '../errors.ts';
import type { ExperimentStore, ReferenceEdit, TrialAnnotation, TrialRecord, TrialResultRecord } from '../store.ts';
import { changedAnnotation } from '../trial-notes.ts';

export interface TrialNotes {
  readonly annotations: Map<number, TrialAnnotation>;
  readonly results: TrialResultRecord[];
  readonly edits: ReferenceEdit[];
}

export function emptyNotes(): TrialNotes {
  return { annotations: new Map(), results: [], edits: [] };
}

interface NotedEntry {
  readonly trials: ReadonlyMap<number, TrialRecord>;
  readonly notes: TrialNotes;
}

/** What stands beside finished trials. */
export function noteOperations(need: (id: string) => NotedEntry, now: () => string) {
  const needTrial = (experiment: string, number: number): TrialNotes => {
    const { trials, notes } = need(experiment);
    if (!trials.has(number)) throw unknownTrial(experiment, number);
    return notes;
  };
  const annotateTrial: ExperimentStore['annotateTrial'] = (experiment, number, change) => {
    const { annotations } = needTrial(experiment, number);
    const annotation = changedAnnotation(experiment, number, annotations.get(number), structuredClone(change), now());
    annotations.set(number, annotation);
    return annotation;
  };
  return {
    annotateTrial,
    annotateTrials: (experiment, numbers, change) => {
      for (const number of numbers) needTrial(experiment, number);
      return numbers.map((number) => annotateTrial(experiment, number, change));
    },
    trialAnnotations: (experiment) => [...need(experiment).notes.annotations.values()].sort((a, b) => a.number - b.number),
    addTrialResults: (experiment, number, results) => {
      needTrial(experiment, number).results.push(
        ...results.map((result) => ({ ...structuredClone(result), experiment, number, createdAt: now() })),
      );
    },
    trialResults: (experiment) => need(experiment).notes.results.toSorted((a, b) => a.number - b.number),
    addReferenceEdit: (experiment, edit) => {
      need(experiment).notes.edits.unshift({ ...edit, createdAt: now() });
    },
    referenceEdits: (experiment) => [...need(experiment).notes.edits],
  } satisfies Partial<ExperimentStore>;
}
