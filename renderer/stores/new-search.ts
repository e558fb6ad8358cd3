import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { Failure, Json } from '../../db/store.ts';
import type { StartSearchRequest } from '../../electron/ipc/contract.ts';
import type { DryRunReport } from '../../electron/ipc/planning.ts';
import { lab } from '../lab/client.ts';
import { failureOf } from '../lab/failure.ts';
import { useExperiments } from './experiments.ts';
import { useJobs } from './jobs.ts';
import { changesFrom, searchDraft } from './search-draft.ts';

/** What the lab found out about a request, until it is another one. */
function dryRuns(request: () => Promise<StartSearchRequest>) {
  const report = shallowRef<DryRunReport>();
  const failure = shallowRef<Failure>();
  const isRunning = shallowRef(false);
  return {
    report,
    failure,
    isRunning,
    job: computed(() => useJobs().running.find(({ kind }) => kind === 'dry-run')),
    forget(): void {
      [report.value, failure.value] = [undefined, undefined];
    },
    async run(): Promise<void> {
      isRunning.value = true;
      failure.value = undefined;
      try {
        report.value = await lab().dryRun(await request());
      } catch (error) {
        if (failureOf(error).code !== 'cancelled') failure.value = failureOf(error);
      } finally {
        isRunning.value = false;
      }
    },
  };
}

/** The search that is being put together, from the first choice to its start, the queue or a draft. */
export const useNewSearch = defineStore('new-search', () => {
  const name = shallowRef('');
  const backend = shallowRef('');
  const threads = shallowRef<number>();
  /** The draft that is edited, where it was saved before. */
  const planId = shallowRef<string>();
  const dry = dryRuns(request);
  const draft = searchDraft(() => dry.forget());

  /** With what was typed a moment ago. */
  async function request(): Promise<StartSearchRequest> {
    const { config } = await draft.checked();
    return {
      config,
      dataset: draft.dataset.value,
      ...(name.value.trim() === '' ? {} : { name: name.value.trim() }),
      ...(backend.value === '' ? {} : { backend: backend.value }),
      ...(threads.value === undefined ? {} : { threads: threads.value }),
    };
  }

  function reset(): void {
    [name.value, backend.value, threads.value, planId.value] = ['', '', undefined, undefined];
    void draft.become({ preset: 'demo', dataset: draft.dataset.value });
  }

  /** Goes on with a draft that was saved. */
  async function edit(id: string): Promise<void> {
    const plan = (await lab().plans()).find((one) => one.id === id);
    if (plan === undefined) return;
    const { config, dataset } = plan.request;
    const preset = String((config as Readonly<Record<string, Json>>)['preset'] ?? 'demo');
    [name.value, backend.value, threads.value] = [plan.request.name ?? '', plan.request.backend ?? '', plan.request.threads];
    planId.value = id;
    await draft.become({ preset, dataset, changes: await changesFrom(preset, config) });
  }

  /** Resolves with the id of the running experiment. */
  async function start(): Promise<string> {
    const { id } = await lab().startSearch(await request());
    if (planId.value !== undefined) await lab().removePlan(planId.value);
    planId.value = undefined;
    await useExperiments().refresh(id);
    return id;
  }

  async function save(kind: 'draft' | 'queued'): Promise<void> {
    const plan = await lab().savePlan({
      kind,
      request: await request(),
      ...(planId.value === undefined ? {} : { id: planId.value }),
    });
    planId.value = kind === 'draft' ? plan.id : undefined;
  }

  const { checked: _checked, become: _become, ...form } = draft;
  return {
    ...form,
    ...{ name, backend, threads, planId, reset, edit, start, save },
    ...{ dryRun: dry.report, dryRunFailure: dry.failure, isDryRunning: dry.isRunning, job: dry.job, runDry: dry.run },
  };
});
