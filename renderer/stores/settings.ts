import { defineStore } from 'pinia';
import { lab } from '../lab/client.ts';
import type { LabSettings } from '../../electron/ipc/settings.ts';
import { useConnection } from './connection.ts';
import { resource } from './resource.ts';

/** What is set for this home; appearance is kept by the interface itself. */
export const useSettings = defineStore('settings', () => {
  const { value, failure, load, set } = resource(() => lab().settings());
  useConnection().onResync(() => void load());
  return {
    settings: value,
    failure,
    load,
    async change<Section extends keyof LabSettings>(section: Section, change: Partial<LabSettings[Section]>): Promise<void> {
      const current = value.value ?? (await lab().settings());
      const merged = Object.fromEntries(Object.entries({ ...current[section], ...change }).filter(([, entry]) => entry !== undefined));
      set(await lab().changeSettings({ [section]: merged }));
    },
  };
});
