import { useDebounceFn } from '@vueuse/core';
import { computed, shallowRef } from 'vue';
import type { Failure, Json } from '../../db/store.ts';
import type { Catalog, DraftConfig } from '../../electron/ipc/planning.ts';
import { leavesOf } from '../format/settings.ts';
import { lab } from '../lab/client.ts';
import { failureOf } from '../lab/failure.ts';

const settledMs = 250;

/** The configuration that is being put together: a preset with changes, checked by the lab after each of them. */
export function searchDraft(changed: () => void) {
  const catalog = shallowRef<Catalog>();
  const failure = shallowRef<Failure>();
  const preset = shallowRef('demo');
  const dataset = shallowRef('');
  /** By dotted path. */
  const changes = shallowRef<ReadonlyMap<string, Json>>(new Map());
  const draft = shallowRef<DraftConfig>();
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

  function become(to: { readonly preset: string; readonly dataset: string; readonly changes?: ReadonlyMap<string, Json> }): Promise<void> {
    [preset.value, dataset.value, changes.value] = [to.preset, to.dataset, to.changes ?? new Map()];
    changed();
    return check();
  }

  function set(path: string, value: Json): void {
    const next = new Map(changes.value);
    // Another alternative starts from its own defaults.
    if (path.endsWith('.id')) for (const known of next.keys()) if (known.startsWith(path.slice(0, -2))) next.delete(known);
    changes.value = next.set(path, value);
    changed();
    void checkSoon();
  }

  /** Back to the preset's value. */
  function unset(path: string): void {
    const next = new Map(changes.value);
    next.delete(path);
    void become({ preset: preset.value, dataset: dataset.value, changes: next });
  }

  const problems = computed(() => new Map((draft.value?.problems ?? []).map(({ path, message }) => [path, message])));
  const isReady = computed(() => dataset.value !== '' && draft.value !== undefined && problems.value.size === 0);
  return {
    ...{ catalog, failure, preset, dataset, changes, draft, problems, isReady },
    ...{ checked, load, become, set, unset },
    choosePreset: (next: string) => void become({ preset: next, dataset: dataset.value }),
    chooseDataset: (next: string) => void become({ preset: preset.value, dataset: next, changes: changes.value }),
  };
}

/** Where a configuration differs from its preset. */
export async function changesFrom(preset: string, config: Json): Promise<ReadonlyMap<string, Json>> {
  const usual = new Map(leavesOf((await lab().draftConfig({ preset })).config));
  return new Map(
    leavesOf(config).filter(([path, value]) => path !== 'data.dataset' && JSON.stringify(usual.get(path)) !== JSON.stringify(value)),
  );
}
