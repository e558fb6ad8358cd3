import { evaluationExists, unknownEvaluation } from '../errors.ts';
import type { EvaluationRecord, ExperimentStore } from '../store.ts';

export function evaluationOperations(now: () => string) {
  /** Oldest first. */
  const evaluations = new Map<string, EvaluationRecord>();
  return {
    addEvaluation: (record) => {
      if (evaluations.has(record.id)) throw evaluationExists(record.id);
      evaluations.set(record.id, { ...structuredClone(record), createdAt: now() });
    },
    evaluation: (id) => evaluations.get(id),
    evaluations: (dataset) => [...evaluations.values()].filter((record) => dataset === undefined || record.dataset === dataset).reverse(),
    removeEvaluation: (id) => {
      if (!evaluations.delete(id)) throw unknownEvaluation(id);
    },
  } satisfies Partial<ExperimentStore>;
}
