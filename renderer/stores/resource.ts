import { shallowRef } from 'vue';
import type { ShallowRef } from 'vue';
import type { Failure } from '../../db/store.ts';
import { failureOf } from '../lab/failure.ts';

/** Something that is read from the lab: the value of the last success, and the failure of the last attempt. */
export interface Resource<T> {
  readonly value: Readonly<ShallowRef<T | undefined>>;
  readonly failure: Readonly<ShallowRef<Failure | undefined>>;
  readonly isLoading: Readonly<ShallowRef<boolean>>;
  /** Reads anew; an older answer that comes later is dropped. The value shown meanwhile stays. */
  load(): Promise<void>;
  set(value: T): void;
}

export function resource<T>(read: () => Promise<T>): Resource<T> {
  const value = shallowRef<T>();
  const failure = shallowRef<Failure>();
  const isLoading = shallowRef(false);
  let latest = 0;
  return {
    value,
    failure,
    isLoading,
    async load() {
      const mine = ++latest;
      isLoading.value = true;
      try {
        const answer = await read();
        if (mine !== latest) return;
        value.value = answer;
        failure.value = undefined;
      } catch (error) {
        if (mine === latest) failure.value = failureOf(error);
      } finally {
        if (mine === latest) isLoading.value = false;
      }
    },
    set(next) {
      latest++;
      value.value = next;
    },
  };
}
