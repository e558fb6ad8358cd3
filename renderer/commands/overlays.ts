import { defineStore } from 'pinia';
import { shallowRef } from 'vue';

/** What lies over the view: one at a time. */
export const useOverlays = defineStore('overlays', () => {
  const open = shallowRef<'palette' | 'sheet'>();
  return {
    open,
    toggle: (which: 'palette' | 'sheet'): void => {
      open.value = open.value === which ? undefined : which;
    },
    close: (): void => {
      open.value = undefined;
    },
  };
});
