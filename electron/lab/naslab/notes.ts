import { z } from 'zod';
import type { ExperimentStore, Json, ReferenceEdit, TrialAnnotation, TrialResultRecord } from '../../../db/store.ts';

/** What people and later measurements say of an experiment's trials; the store that takes it over dates it anew. */
export interface CarriedNotes {
  readonly annotations: readonly Omit<TrialAnnotation, 'experiment' | 'updatedAt'>[];
  /** By trial, then in the order in which they were added. */
  readonly results: readonly Omit<TrialResultRecord, 'experiment' | 'createdAt'>[];
  /** Oldest first. */
  readonly referenceEdits: readonly Omit<ReferenceEdit, 'createdAt'>[];
}

const text = (longest: number) => z.string().max(longest);
const count = z.int().min(0);
const json = z.custom<Json>((value) => value !== undefined);

export const notesSchema = z.strictObject({
  annotations: z.array(
    z.strictObject({
      number: count,
      isStarred: z.boolean(),
      isShortlisted: z.boolean(),
      tags: z.array(text(200)).max(1000),
      note: text(100_000),
      exclusion: text(10_000).exactOptional(),
    }),
  ),
  results: z.array(
    z.strictObject({
      number: count,
      kind: z.enum(['retrained', 'measured']),
      name: text(100),
      value: z.number().nullable(),
      split: text(100),
      seed: count.exactOptional(),
      details: json.exactOptional(),
    }),
  ),
  referenceEdits: z.array(z.strictObject({ macs: z.number().positive(), metric: z.number(), note: text(100_000).min(1) })).max(10_000),
}) satisfies z.ZodType<CarriedNotes>;

/** Undefined when nothing was said. */
export function notesOf(store: ExperimentStore, id: string): CarriedNotes | undefined {
  const annotations = store.trialAnnotations(id).map(({ experiment: _experiment, updatedAt: _updatedAt, ...annotation }) => annotation);
  const results = store.trialResults(id).map(({ experiment: _experiment, createdAt: _createdAt, ...result }) => result);
  const referenceEdits = store
    .referenceEdits(id)
    .map(({ createdAt: _createdAt, ...edit }) => edit)
    .toReversed();
  return annotations.length + results.length + referenceEdits.length === 0 ? undefined : { annotations, results, referenceEdits };
}

/** Writes them beside the trials of an experiment of which nothing was said yet. StoreError 'unknown-trial'. */
export function addNotes(store: ExperimentStore, id: string, { annotations, results, referenceEdits }: CarriedNotes): void {
  for (const { number, ...annotation } of annotations) store.annotateTrial(id, number, annotation);
  for (const [number, ofTrial] of Map.groupBy(results, (result) => result.number)) {
    store.addTrialResults(
      id,
      number,
      ofTrial.map(({ number: _number, ...result }) => result),
    );
  }
  for (const edit of referenceEdits) store.addReferenceEdit(id, edit);
}
