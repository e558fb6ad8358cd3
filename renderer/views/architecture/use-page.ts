import { computed, shallowRef, watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import type { ArchitectureRef } from '../../../electron/ipc/architecture.ts';
import { useArchitecture } from '../../stores/architecture.ts';
import { useNotifications } from '../../stores/notifications.ts';
import { refKey, useSelection } from '../../stores/selection.ts';
import { architectureKey, parseArchitectureKey, queryText } from './refs.ts';
import type { Colour } from './shown-part.ts';

/** What the address of the view says, and what follows from it: /architecture?ref=…&other=…&part=…&colour=…&as=table&form=retrain. */
export function usePage() {
  const route = useRoute();
  const router = useRouter();
  const architecture = useArchitecture();
  const selection = useSelection();
  const notifications = useNotifications();
  const picking = shallowRef<'open' | 'diff'>();
  const isMeasuring = shallowRef(false);

  /** One value of the address; what is usual is left out of it. */
  function inQuery<T extends string>(name: string, usual: T) {
    return computed<T>({
      get: () => (queryText(route.query[name]) ?? usual) as T,
      set: (value) => void router.replace({ query: { ...route.query, [name]: value === usual ? undefined : value } }),
    });
  }
  const colour = inQuery<Colour>('colour', 'macs');
  const shape = inQuery<'graph' | 'table'>('as', 'graph');
  const form = inQuery<'search' | 'retrain'>('form', 'search');
  const key = computed(() => queryText(route.query['ref']));
  const otherKey = computed(() => queryText(route.query['other']));
  /** A part to begin with: 'fuse2.0.1'. */
  const partKey = computed(() => queryText(route.query['part']));

  const openNow = (): Promise<void> =>
    architecture.open(
      key.value === undefined ? undefined : parseArchitectureKey(key.value),
      form.value === 'search' ? {} : { form: form.value },
    );
  watch([key, form], () => void openNow(), { immediate: true });
  watch([otherKey, key], ([now]) => void architecture.compareWith(now === undefined ? undefined : parseArchitectureKey(now)), {
    immediate: true,
  });

  const view = computed(() => architecture.view);
  const diff = computed(() => (otherKey.value === undefined ? undefined : architecture.diff));

  /** A trial of the experiment that is shown, as it stands in addresses. */
  function siblingKey(trial: number): string | undefined {
    const experiment = view.value?.experiment?.id;
    return experiment === undefined ? undefined : architectureKey({ experiment, trial });
  }

  const tray = computed(() => {
    const known = view.value;
    if (known === undefined || 'architecture' in known.ref || 'supernet' in known.ref) return undefined;
    return { ref: known.ref, title: known.name, subtitle: known.experiment?.name ?? known.space.title };
  });

  async function measure(): Promise<void> {
    isMeasuring.value = true;
    try {
      await architecture.measure();
    } catch (error) {
      notifications.failed(error, 'The network was not measured');
    } finally {
      isMeasuring.value = false;
    }
  }

  return {
    colour,
    shape,
    form,
    key,
    otherKey,
    partKey,
    view,
    diff,
    picking,
    tray,
    isInTray: computed(() => tray.value !== undefined && selection.has(tray.value.ref)),
    toggleTray: () => tray.value && selection.toggle(tray.value),
    /** The picker has been used. */
    pick(ref: ArchitectureRef): void {
      const name = architectureKey(ref);
      const query = picking.value === 'diff' ? { ...route.query, other: name } : { ref: name };
      picking.value = undefined;
      void router.push({ query });
    },
    openSibling: (trial: number) => void router.push({ query: { ref: siblingKey(trial) } }),
    diffSibling: (trial: number) => void router.push({ query: { ...route.query, other: siblingKey(trial) } }),
    endDiff: () => void router.push({ query: { ...route.query, other: undefined } }),
    /** Without an address the first of the shortlist is shown. */
    begin(): void {
      const [first] = selection.tray;
      if (key.value === undefined && first !== undefined) void router.replace({ query: { ref: refKey(first.ref) } });
    },
    isMeasuring,
    measure,
  };
}
