import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { ArchitectureDiff, ArchitectureRef } from '../../electron/ipc/architecture.ts';
import type { CompareExportRequest, Comparison } from '../../electron/ipc/compare.ts';
import { lab } from '../lab/client.ts';
import { failureOf } from '../lab/failure.ts';
import { useExports } from './exports.ts';
import { resource } from './resource.ts';

/** Networks side by side, and what their graphs differ in from the first one. */
export const useCompare = defineStore('compare', () => {
  const refs = shallowRef<readonly ArchitectureRef[]>([]);
  const comparison = resource<Comparison | undefined>(async () => (refs.value.length < 2 ? undefined : lab().compare(refs.value)));
  /** By column; the failure's text where the graphs could not be laid over each other. */
  const diffs = shallowRef<readonly (ArchitectureDiff | string | undefined)[]>([]);
  const exports = useExports();
  let latest = 0;

  async function show(next: readonly ArchitectureRef[]): Promise<void> {
    refs.value = next;
    diffs.value = [];
    const mine = ++latest;
    await comparison.load();
    const [base, ...others] = next;
    if (comparison.failure.value !== undefined || base === undefined) return;
    // One after the other: each builds two graphs.
    for (const [index, other] of others.entries()) {
      let diff: ArchitectureDiff | string;
      try {
        diff = await lab().diffArchitectures(base, other);
      } catch (error) {
        diff = failureOf(error).message;
      }
      if (mine !== latest) return;
      const all = [...diffs.value];
      all[index + 1] = diff;
      diffs.value = all;
    }
  }

  return {
    refs,
    comparison: comparison.value,
    failure: comparison.failure,
    isLoading: comparison.isLoading,
    diffs,
    show,
    exportTable: (request: Omit<CompareExportRequest, 'refs'>) =>
      exports.take(() => lab().exportComparison({ refs: refs.value, ...request })),
  };
});
