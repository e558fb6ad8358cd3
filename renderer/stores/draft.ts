import { watchDebounced } from '@vueuse/core';
import { shallowRef } from 'vue';
import type { DraftConfig, DraftRequest } from '../../electron/ipc/planning.ts';
import { lab } from '../lab/client.ts';
import { failureOf } from '../lab/failure.ts';

/** What is wrong with a configuration while it is changed; nothing while `request` gives nothing. */
export function useDraft(request: () => DraftRequest | undefined) {
  const problems = shallowRef<DraftConfig['problems']>([]);
  let latest = 0;
  watchDebounced(
    request,
    async (wanted) => {
      const mine = ++latest;
      problems.value = wanted === undefined ? [] : problems.value;
      if (wanted === undefined) return;
      try {
        const draft = await lab().draftConfig(wanted);
        if (mine === latest) problems.value = draft.problems;
      } catch (error) {
        if (mine === latest) problems.value = [{ path: '', message: failureOf(error).message }];
      }
    },
    { debounce: 200, immediate: true },
  );
  return { problems };
}
