import { defineStore } from 'pinia';
import { computed } from 'vue';
import type { ProfileRequest } from '../../electron/ipc/latency.ts';
import { lab } from '../lab/client.ts';
import { resource } from './resource.ts';

/** Profiles of devices: what latencies belong to. */
export const useDevices = defineStore('devices', () => {
  const { value, failure, load } = resource(() => lab().deviceProfiles());
  const catalog = resource(() => lab().catalog());
  return {
    profiles: computed(() => value.value ?? []),
    isLoaded: computed(() => value.value !== undefined),
    failure,
    load,
    /** Search spaces that networks can be drawn from. */
    spaces: computed(() => catalog.value.value?.spaces ?? []),
    loadSpaces: catalog.load,
    /** Takes minutes; a job tells how far it is. */
    profile: async (request: ProfileRequest): Promise<void> => {
      await lab().profileDevice(request);
      await load();
    },
    exportTable: (profile: string) => lab().exportDeviceProfile(profile),
  };
});
