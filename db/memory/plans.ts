import { unknownPlan } from '../errors.ts';
import type { ExperimentStore, PlanRecord } from '../store.ts';

export function planOperations(now: () => string) {
  /** In the order in which they were saved as what they are. */
  const plans = new Map<string, PlanRecord>();
  return {
    savePlan: (plan) => {
      const known = plans.get(plan.id);
      if (known !== undefined && known.kind !== plan.kind) plans.delete(plan.id);
      plans.set(plan.id, { ...structuredClone(plan), createdAt: known?.createdAt ?? now() });
    },
    plan: (id) => plans.get(id),
    plans: () => [...plans.values()],
    removePlan: (id) => {
      if (!plans.delete(id)) throw unknownPlan(id);
    },
  } satisfies Partial<ExperimentStore>;
}
