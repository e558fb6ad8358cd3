import { useLocalStorage } from '@vueuse/core';
import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';

/** Names a network wherever it is shown: a trial of an experiment, or a published one ('lite-hrnet:18'). */
export type NetworkRef = { readonly experiment: string; readonly trial: number } | { readonly published: string };

/** An entry of the tray with the words it is shown by. */
export interface TrayEntry {
  readonly ref: NetworkRef;
  readonly title: string;
  readonly subtitle?: string;
}

/** 'hrnas-7f3a2c:t12' or 'lite-hrnet:18'; also how refs stand in addresses. */
export function refKey(ref: NetworkRef): string {
  return 'published' in ref ? ref.published : `${ref.experiment}:t${ref.trial}`;
}

export function parseRef(key: string): NetworkRef {
  const found = /^(.+):t(\d+)$/.exec(key);
  return found?.[1] === undefined ? { published: key } : { experiment: found[1], trial: Number(found[2]) };
}

/** Compare shows two to six columns. */
export const longestTray = 6;

/** What is picked, pointed at and kept, the same in all views. */
export const useSelection = defineStore('selection', () => {
  const tray = useLocalStorage<readonly TrayEntry[]>('paretoscope.tray', []);
  const hovered = shallowRef<string>();
  const selected = shallowRef<readonly string[]>([]);
  /** The experiments that views show when their address names none. */
  const experiments = useLocalStorage<readonly string[]>('paretoscope.experiments', []);
  const keys = computed(() => new Set(tray.value.map(({ ref }) => refKey(ref))));

  function has(ref: NetworkRef): boolean {
    return keys.value.has(refKey(ref));
  }

  /** False when the tray is full. */
  function add(entry: TrayEntry): boolean {
    if (has(entry.ref)) return true;
    if (tray.value.length >= longestTray) return false;
    tray.value = [...tray.value, entry];
    return true;
  }

  function remove(ref: NetworkRef): void {
    tray.value = tray.value.filter((entry) => refKey(entry.ref) !== refKey(ref));
  }

  return {
    tray,
    hovered,
    selected,
    experiments,
    has,
    add,
    remove,
    toggle: (entry: TrayEntry) => (has(entry.ref) ? remove(entry.ref) : void add(entry)),
    clear: () => (tray.value = []),
  };
});
