import { randomBytes } from 'node:crypto';
import type { PlanRecord } from '../../../db/store.ts';
import type { StartSearchRequest } from '../../ipc/contract.ts';
import { failureOf } from '../../ipc/handle-call.ts';
import type { PlanRequest, PlanView, QueueApi } from '../../ipc/queue.ts';
import type { LabContext } from '../context.ts';
import { writeToErrors } from '../last-resort.ts';
import { asJson } from '../search-setup.ts';
import { readSettings } from '../settings/settings-file.ts';

/** When the home of a waiting search is looked at again, while another process owns it. */
const retryMs = 5_000;

/** Drafts and waiting searches. Where an interface is shown (`context.runsQueue`) waiting ones start by themselves. */
export function createQueueApi(context: LabContext): QueueApi {
  const { change, reading } = context;
  if (context.runsQueue) {
    const next = startNext(context);
    context.onEvent((event) => {
      if (event.type === 'experiment' && event.experiment.state !== 'running') void next();
      if (event.type === 'plans' || event.type === 'settings') void next();
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

/**
 * Starts waiting searches, first come first served, while fewer run than the settings allow. One at a time. Never rejects: what is in the way of
 * reading or writing is written down, once as long as it stays, and looked at again when something changes.
 */
function startNext(context: LabContext): () => Promise<void> {
  const { isClosing, reading } = context;
  let isBusy = false;
  let isAskedAgain = false;
  let retry: NodeJS.Timeout | undefined;
  let hindrance = '';
  const look = async (): Promise<void> => {
    try {
      let isElsewhere = false;
      for (let plan = firstQueued(reading().plans()); plan !== undefined && isRoom(context); plan = firstQueued(reading().plans())) {
        isElsewhere = (await begin(context, plan)) === 'elsewhere';
        if (isElsewhere || isClosing()) break;
      }
      clearTimeout(retry);
      if (isElsewhere && !isClosing()) retry = setTimeout(() => void next(), retryMs).unref();
      hindrance = '';
    } catch (error) {
      const { message } = failureOf(error);
      if (message !== hindrance) writeToErrors(`Starting what waits in the queue: ${message}`);
      hindrance = message;
    }
  };
  const next = async (): Promise<void> => {
    isAskedAgain = true;
    if (isBusy) return;
    isBusy = true;
    while (isAskedAgain && !isClosing()) {
      isAskedAgain = false;
      await look();
    }
    isBusy = false;
  };
  return next;
}

/** 'elsewhere': another process owns the home (it runs its own queue, or ends some time); then the search goes on waiting. */
async function begin(context: LabContext, plan: PlanRecord): Promise<'done' | 'elsewhere'> {
  try {
    await context.startPlan(plan);
  } catch (error) {
    const failure = failureOf(error);
    if (failure.code === 'home-in-use' || failure.code === 'closing') return 'elsewhere';
    const { id, request } = plan;
    await context.change('savePlan', [{ id, kind: 'draft', request }], async (store) => {
      // One that was removed, or taken back among the drafts, meanwhile is left as it is.
      if (store.plan(id)?.kind === 'queued') store.savePlan({ id, kind: 'draft', request, failure });
    });
  }
  context.emit({ type: 'plans' });
  return 'done';
}

/** A record that says `running` while its process is gone takes no place. */
function isRoom({ layout, reading, view }: LabContext): boolean {
  const running = reading()
    .experiments()
    .filter(({ id, state }) => state === 'running' && view(id).state === 'running');
  return running.length < readSettings(layout.root).compute.maxRunning;
}

function firstQueued(plans: readonly PlanRecord[]): PlanRecord | undefined {
  return plans.find(({ kind }) => kind === 'queued');
}

function planView({ request, ...plan }: PlanRecord): PlanView {
  return { ...plan, request: request as unknown as StartSearchRequest };
}
