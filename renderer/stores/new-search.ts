import { useDebounceFn } from '@vueuse/core';
import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { Failure, Json } from '../../db/store.ts';
import type { StartSearchRequest } from '../../electron/ipc/contract.ts';
import type { Catalog, DraftConfig, DryRunReport } from '../../electron/ipc/planning.ts';
import { leavesOf } from '../format/settings.ts';
import { lab } from '../lab/client.ts';
import { failureOf } from '../lab/failure.ts';
import { useExperiments } from './experiments.ts';
import { useJobs } from './jobs.ts';

const settledMs = 250;

/** The search that is being put together: a preset with changes, checked by the lab after each of them. */
export const useNewSearch = defineStore('new-search', () => {
  const catalog = shallowRef<Catalog>();
  const failure = shallowRef<Failure>();
  const preset = shallowRef('demo');
  const dataset = shallowRef('');
  const name = shallowRef('');
  const backend = shallowRef('');
  const threads = shallowRef<number>();
  /** The draft that is edited, where it was saved before. */
  const planId = shallowRef<string>();
  /** By dotted path. */
  const changes = shallowRef<ReadonlyMap<string, Json>>(new Map());
  const draft = shallowRef<DraftConfig>();
  const dryRun = shallowRef<DryRunReport>();
  const dryRunFailure = shallowRef<Failure>();
  const isDryRunning = shallowRef(false);
  let latest = 0;

  const checked = (): Promise<DraftConfig> =>
    lab().draftConfig({ preset: preset.value, set: [...changes.value, ['data.dataset', dataset.value] as const] });

  async function check(): Promise<void> {
    const mine = ++latest;
    try {
      const found = await checked();
      if (mine === latest) [draft.value, failure.value] = [found, undefined];
    } catch (error) {
      if (mine === latest) failure.value = failureOf(error);
    }
  }
  const checkSoon = useDebounceFn(check, settledMs);

  async function load(): Promise<void> {
    try {
      catalog.value ??= await lab().catalog();
      await check();
    } catch (error) {
      failure.value = failureOf(error);
    }
  }

  function reset(to: { readonly preset?: string; readonly dataset?: string } = {}): void {
    preset.value = to.preset ?? 'demo';
    dataset.value = to.dataset ?? dataset.value;
    [name.value, backend.value, threads.value, planId.value, changes.value] = ['', '', undefined, undefined, new Map()];
    [dryRun.value, dryRunFailure.value] = [undefined, undefined];
    void check();
  }

  function choosePreset(next: string): void {
    preset.value = next;
    changes.value = new Map();
    dryRun.value = undefined;
    void check();
  }

  function set(path: string, value: Json): void {
    const next = new Map(changes.value);
    // Another alternative starts from its own defaults.
    if (path.endsWith('.id')) for (const known of next.keys()) if (known.startsWith(path.slice(0, -2))) next.delete(known);
    next.set(path, value);
    changes.value = next;
    dryRun.value = undefined;
    void checkSoon();
  }

  /** Back to the preset's value. */
  function unset(path: string): void {
    const next = new Map(changes.value);
    next.delete(path);
    changes.value = next;
    dryRun.value = undefined;
    void check();
  }

  function chooseDataset(next: string): void {
    dataset.value = next;
    dryRun.value = undefined;
    void check();
  }

  async function edit(id: string): Promise<void> {
    const plan = (await lab().plans()).find((one) => one.id === id);
    if (plan === undefined) return;
    catalog.value ??= await lab().catalog();
    const config = plan.request.config as Readonly<Record<string, Json>>;
    reset({ preset: String(config['preset'] ?? 'demo'), dataset: plan.request.dataset });
    const usual = new Map(leavesOf((await lab().draftConfig({ preset: preset.value })).config));
    changes.value = new Map(
      leavesOf(plan.request.config).filter(
        ([path, value]) => path !== 'data.dataset' && JSON.stringify(usual.get(path)) !== JSON.stringify(value),
      ),
    );
    [name.value, backend.value, threads.value] = [plan.request.name ?? '', plan.request.backend ?? '', plan.request.threads];
    planId.value = id;
    await check();
  }

  const problems = computed(() => new Map((draft.value?.problems ?? []).map(({ path, message }) => [path, message])));
  const isReady = computed(() => dataset.value !== '' && draft.value !== undefined && problems.value.size === 0);

  /** With what was typed a moment ago. */
  async function request(): Promise<StartSearchRequest> {
    const { config } = await checked();
    return {
      config,
      dataset: dataset.value,
      ...(name.value.trim() === '' ? {} : { name: name.value.trim() }),
      ...(backend.value === '' ? {} : { backend: backend.value }),
      ...(threads.value === undefined ? {} : { threads: threads.value }),
    };
  }

  async function runDry(): Promise<void> {
    isDryRunning.value = true;
    dryRunFailure.value = undefined;
    try {
      dryRun.value = await lab().dryRun(await request());
    } catch (error) {
      if (failureOf(error).code !== 'cancelled') dryRunFailure.value = failureOf(error);
    } finally {
      isDryRunning.value = false;
    }
  }

  async function forgetPlan(): Promise<void> {
    if (planId.value !== undefined) await lab().removePlan(planId.value);
    planId.value = undefined;
  }

  /** Resolves with the id of the running experiment. */
  async function start(): Promise<string> {
    const { id } = await lab().startSearch(await request());
    await forgetPlan();
    await useExperiments().refresh(id);
    return id;
  }

  async function save(kind: 'draft' | 'queued'): Promise<void> {
    const plan = await lab().savePlan({ kind, request: await request(), ...(planId.value === undefined ? {} : { id: planId.value }) });
    planId.value = kind === 'draft' ? plan.id : undefined;
  }

  const job = computed(() => useJobs().running.find(({ kind }) => kind === 'dry-run'));

  return {
    ...{ catalog, failure, preset, dataset, name, backend, threads, planId, changes, draft, problems, isReady },
    ...{ dryRun, dryRunFailure, isDryRunning, job },
    ...{ load, reset, choosePreset, chooseDataset, set, unset, edit, runDry, start, save },
  };
});
