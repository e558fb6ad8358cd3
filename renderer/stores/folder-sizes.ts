import { shallowRef, watch } from 'vue';
import type { ShallowRef } from 'vue';
import { lab } from '../lab/client.ts';

/** Bytes of the folders of experiments, read when they are asked for. */
export function useFolderSizes(ids: () => readonly string[]): Readonly<ShallowRef<ReadonlyMap<string, number>>> {
  const sizes = shallowRef<ReadonlyMap<string, number>>(new Map());
  watch(
    ids,
    async (wanted) => {
      for (const id of wanted) {
        if (sizes.value.has(id)) continue;
        const { folderBytes } = await lab().runView(id);
        sizes.value = new Map([...sizes.value, [id, folderBytes]]);
      }
    },
    { immediate: true },
  );
  return sizes;
}
