import { randomBytes } from 'node:crypto';
import type { PlanRecord } from '../../../db/store.ts';
import type { StartSearchRequest } from '../../ipc/contract.ts';
import { failureOf } from '../../ipc/handle-call.ts';
import type { PlanRequest, PlanView, QueueApi } from '../../ipc/queue.ts';
import type { LabContext } from '../context.ts';
import { asJson } from '../search-setup.ts';
import { readSettings } from '../settings/settings-file.ts';

/** Drafts and waiting searches. Where an interface is shown (`context.runsQueue`) waiting ones start by themselves. */
export function createQueueApi(context: LabContext): QueueApi {
  const { change, reading } = context;
  const next = startNext(context);
  if (context.runsQueue) {
    context.onEvent((event) => {
      if (event.type === 'experiment' && event.experiment.state !== 'running') void next();
      if (event.type === 'plans') void next();
    });
    // What waited when the lab was closed.
    setTimeout(() => void next(), 0).unref();
  }
  return {
    plans: async () => reading().plans().map(planView),
    savePlan: async (plan) => {
      const saved: PlanRequest = { ...plan, id: plan.id ?? `plan-${randomBytes(3).toString('hex')}` };
      return change('savePlan', [saved], async (store) => {
        const { id = '', kind, request } = saved;
        store.savePlan({ id, kind, request: asJson(request) });
        context.emit({ type: 'plans' });
        return planView(store.plan(id) as PlanRecord);
      });
    },
    removePlan: async (id) =>
      change('removePlan', [id], async (store) => {
        store.removePlan(id);
        context.emit({ type: 'plans' });
      }),
  };
}

/** Starts waiting searches, first come first served, while fewer run than the settings allow. One at a time. */
function startNext({ api, change, emit, layout, reading }: LabContext): () => Promise<void> {
  let isBusy = false;
  const isRoom = (): boolean => {
    const running = reading()
      .experiments()
      .filter(({ state }) => state === 'running').length;
    return running < readSettings(layout.root).compute.maxRunning;
  };
  return async () => {
    if (isBusy) return;
    isBusy = true;
    try {
      for (let plan = firstQueued(reading().plans()); plan !== undefined && isRoom(); plan = firstQueued(reading().plans())) {
        const { id, request } = plan;
        try {
          await api().startSearch(request as unknown as StartSearchRequest);
          await change('removePlan', [id], async (store) => store.removePlan(id));
        } catch (error) {
          const failure = failureOf(error);
          await change('savePlan', [{ id, kind: 'draft', request }], async (store) =>
            store.savePlan({ id, kind: 'draft', request, failure }),
          );
        }
        emit({ type: 'plans' });
      }
    } finally {
      isBusy = false;
    }
  };
}

function firstQueued(plans: readonly PlanRecord[]): PlanRecord | undefined {
  return plans.find(({ kind }) => kind === 'queued');
}

function planView({ request, ...plan }: PlanRecord): PlanView {
  return { ...plan, request: request as unknown as StartSearchRequest };
}
