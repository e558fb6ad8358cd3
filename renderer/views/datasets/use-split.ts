import { computed } from 'vue';
import type { ComputedRef } from 'vue';
import { useRoute } from 'vue-router';
import type { DatasetDetail } from '../../../electron/ipc/dataset-browsing.ts';

/** The split that the address names, else train, else the first. */
export function useSplit(detail: () => DatasetDetail): ComputedRef<string> {
  const route = useRoute();
  return computed(() => {
    const { splits } = detail();
    const wanted = splits.find(({ name }) => name === route.query['split']);
    return (wanted ?? splits.find(({ name }) => name === 'train') ?? splits[0])?.name ?? '';
  });
}
