import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type {
  ArchitectureDiff,
  ArchitectureRef,
  ArchitectureView,
  GraphExportOptions,
  Lineage,
  NetworkOptions,
  PublishedNetwork,
  SharedBlocks,
} from '../../electron/ipc/architecture.ts';
import type { NetworkExportOptions } from '../../electron/ipc/exports.ts';
import { lab } from '../lab/client.ts';
import { useExports } from './exports.ts';
import { useLatency } from './latency.ts';
import { resource } from './resource.ts';

/** The network that is shown, the one that it is compared with, and where it comes from. */
export const useArchitecture = defineStore('architecture', () => {
  const ref = shallowRef<ArchitectureRef>();
  const other = shallowRef<ArchitectureRef>();
  const options = shallowRef<NetworkOptions>({});
  const view = resource<ArchitectureView | undefined>(async () =>
    ref.value === undefined ? undefined : lab().architecture(ref.value, options.value),
  );
  const diff = resource<ArchitectureDiff | undefined>(async () =>
    ref.value === undefined || other.value === undefined ? undefined : lab().diffArchitectures(other.value, ref.value),
  );
  const lineage = resource<Lineage | undefined>(async () => {
    const known = ref.value;
    return known !== undefined && 'trial' in known ? lab().lineage(known.experiment, known.trial) : undefined;
  });
  const shared = resource<SharedBlocks | undefined>(async () => {
    const known = ref.value;
    return known !== undefined && 'trial' in known ? lab().sharedBlocks(known.experiment, known.trial) : undefined;
  });
  const published = resource<readonly PublishedNetwork[]>(() => lab().publishedNetworks());
  const exports = useExports();

  /** Shows another network; what belongs to it comes after it. */
  async function open(next: ArchitectureRef | undefined, nextOptions: NetworkOptions = {}): Promise<void> {
    ref.value = next;
    options.value = nextOptions;
    lineage.set(undefined);
    shared.set(undefined);
    view.set(undefined);
    await view.load();
    if (view.failure.value !== undefined || next === undefined) return;
    await Promise.all([lineage.load(), shared.load()]);
  }

  /** Lays it over another one; undefined ends that. */
  async function compareWith(next: ArchitectureRef | undefined): Promise<void> {
    other.value = next;
    diff.set(undefined);
    if (next !== undefined) await diff.load();
  }

  async function measure(): Promise<void> {
    if (ref.value === undefined) return;
    useLatency().tell(await lab().measureLatency(ref.value, { layers: true }));
    await view.load();
  }

  const known = (): ArchitectureRef => {
    if (ref.value === undefined) throw new Error('No network is shown.');
    return ref.value;
  };
  return {
    ref,
    other,
    options,
    view: view.value,
    failure: view.failure,
    isLoading: view.isLoading,
    diff: diff.value,
    diffFailure: diff.failure,
    isDiffLoading: diff.isLoading,
    lineage: lineage.value,
    shared: shared.value,
    published: published.value,
    loadPublished: published.load,
    open,
    reload: view.load,
    compareWith,
    measure,
    exportGraph: (request: GraphExportOptions) => exports.take(() => lab().exportGraph(known(), request)),
    exportNetwork: (request: NetworkExportOptions) =>
      exports.take(() => lab().exportNetwork(known(), request), { isFolder: request.format === 'tfjs' }),
  };
});
