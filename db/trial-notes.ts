import type { TrialAnnotation, TrialAnnotationChange } from './store.ts';

/** The annotation after a change; `before` is undefined when nothing was said of the trial yet. */
export function changedAnnotation(
  experiment: string,
  number: number,
  before: TrialAnnotation | undefined,
  change: TrialAnnotationChange,
  updatedAt: string,
): TrialAnnotation {
  const exclusion = change.exclusion === undefined ? before?.exclusion : (change.exclusion ?? undefined);
  return {
    experiment,
    number,
    isStarred: change.isStarred ?? before?.isStarred ?? false,
    isShortlisted: change.isShortlisted ?? before?.isShortlisted ?? false,
    tags: change.tags ?? before?.tags ?? [],
    note: change.note ?? before?.note ?? '',
    ...(exclusion === undefined ? {} : { exclusion }),
    updatedAt,
  };
}
