import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { AppInfo, BackendView } from '../../electron/ipc/overview.ts';
import type { Places } from '../../electron/ipc/places.ts';
import type { Failure } from '../../db/store.ts';
import { bytes } from '../format/bytes.ts';
import { lab } from '../lab/client.ts';
import { failureOf } from '../lab/failure.ts';

/** The lab, its device and what this face of it can do. */
export const useAppInfo = defineStore('app-info', () => {
  const info = shallowRef<AppInfo>();
  const places = shallowRef<Places>();
  const failure = shallowRef<Failure>();
  const backends = shallowRef<readonly BackendView[]>();
  const backendFailure = shallowRef<Failure>();

  async function load(): Promise<void> {
    try {
      [info.value, places.value] = await Promise.all([lab().appInfo(), lab().places()]);
      failure.value = undefined;
    } catch (error) {
      failure.value = failureOf(error);
    }
  }

  let asking: Promise<void> | undefined;
  async function ask(anew: boolean): Promise<void> {
    try {
      backends.value = await lab().backends({ anew });
      backendFailure.value = undefined;
    } catch (error) {
      backendFailure.value = failureOf(error);
    }
  }
  /** Trying them takes a while and all cores: who asks meanwhile gets the same answer. */
  function loadBackends(anew = false): Promise<void> {
    asking ??= ask(anew).finally(() => (asking = undefined));
    return asking;
  }

  /** 'tensorflow on AMD EPYC 7B13, 2 cores, 16.8 GB'. */
  const deviceLine = computed(() => {
    const known = info.value;
    return known === undefined
      ? undefined
      : `${known.firstBackend} on ${known.processor}, ${known.cores} cores, ${bytes(known.memoryBytes)}`;
  });

  return { info, places, failure, backends, backendFailure, deviceLine, load, loadBackends };
});
