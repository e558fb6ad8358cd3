import { useLocalStorage, usePreferredDark } from '@vueuse/core';
import { defineStore } from 'pinia';
import { computed, watchEffect } from 'vue';

export type ThemeChoice = 'system' | 'light' | 'dark';

/** How things look on this device; nothing of it reaches the lab. */
export const useAppearance = defineStore('appearance', () => {
  const theme = useLocalStorage<ThemeChoice>('paretoscope.theme', 'system');
  const prefersDark = usePreferredDark();
  const isDark = computed(() => theme.value === 'dark' || (theme.value === 'system' && prefersDark.value));
  watchEffect(() => {
    document.documentElement.classList.toggle('dark', isDark.value);
  });
  const nextTheme = (): void => {
    const order: readonly ThemeChoice[] = ['system', 'light', 'dark'];
    theme.value = order[(order.indexOf(theme.value) + 1) % order.length] ?? 'system';
  };
  return { theme, isDark, nextTheme };
});
