import { defineStore } from 'pinia';
import { computed } from 'vue';
import { lab } from '../lab/client.ts';
import { useConnection } from './connection.ts';
import { resource } from './resource.ts';

/** Registered data sets; whoever changes them loads them again. */
export const useDatasets = defineStore('datasets', () => {
  const { value, failure, isLoading, load } = resource(() => lab().datasets());
  useConnection().onResync(() => void load());
  return { datasets: computed(() => value.value ?? []), isLoaded: computed(() => value.value !== undefined), failure, isLoading, load };
});
