import { computed, nextTick, shallowRef, watch } from 'vue';
import type { Ref } from 'vue';
import type { ArchitectureDiff, ArchitectureView } from '../../../electron/ipc/architecture.ts';
import { partsOf } from './shown-part.ts';
import type { ShownPart } from './shown-part.ts';
import { opened, revealed, toggled } from './tree.ts';
import type { Detail } from './tree.ts';
import { useLayout } from './use-layout.ts';

/** What the state of the graph asks of its drawing. */
export interface GraphDrawing {
  show(position: number): void;
  begin(): void;
}

/** Which parts there are, which are open, selected and found, and where they stand. */
export function useGraph(
  view: Readonly<Ref<ArchitectureView | undefined>>,
  diff: Readonly<Ref<ArchitectureDiff | undefined>>,
  drawing: Readonly<Ref<GraphDrawing | null>>,
  /** Key of the part to begin with. */
  first: Readonly<Ref<string | undefined>>,
) {
  const open = shallowRef<ReadonlySet<string>>(new Set());
  const selected = shallowRef<number>();
  const find = shallowRef('');
  /** What the drawing is asked for as soon as the layout stands. */
  const fresh = shallowRef(false);
  const wanted = shallowRef<number>();
  const shown = computed(() => diff.value ?? view.value);
  const elements = computed(() => shown.value?.elements ?? []);
  const edges = computed(() => (diff.value === undefined ? (view.value?.edges ?? []) : diff.value.edges.map(({ ends }) => ends)));
  const parts = computed(() => partsOf(elements.value));
  const source = computed(() => (shown.value === undefined ? undefined : { elements: elements.value, edges: edges.value }));

  // Before the layout is asked for, so that it is asked once.
  watch(
    shown,
    () => {
      selected.value = undefined;
      open.value = diff.value === undefined ? new Set() : differingOpen(diff.value);
      const position = first.value === undefined ? -1 : elements.value.findIndex(({ key }) => key === first.value);
      if (position < 0) return;
      selected.value = position;
      wanted.value = position;
      open.value = revealed(parts.value, open.value, position);
    },
    { immediate: true, flush: 'sync' },
  );
  const layout = useLayout(source, open);

  const detail = computed<Detail | 'own'>({
    get: () => (['stages', 'blocks', 'nodes'] as const).find((level) => sameKeys(opened(elements.value, level), open.value)) ?? 'own',
    set: (level) => {
      if (level !== 'own') open.value = opened(elements.value, level);
      fresh.value = true;
    },
  });

  const matches = computed(() => found(parts.value, find.value));

  function catchUp(): void {
    if (layout.isPending.value) return;
    const position = wanted.value;
    const begins = fresh.value;
    wanted.value = undefined;
    fresh.value = false;
    void nextTick(() => {
      if (position !== undefined) drawing.value?.show(position);
      else if (begins) drawing.value?.begin();
    });
  }
  watch(layout.layout, catchUp, { flush: 'post' });

  function select(position: number | undefined, reveal = false): void {
    selected.value = position;
    if (position === undefined || !reveal) return;
    const next = revealed(parts.value, open.value, position);
    wanted.value = position;
    if (sameKeys(next, open.value)) catchUp();
    else open.value = next;
  }

  return {
    shown,
    elements,
    edges,
    parts,
    open,
    selected,
    find,
    matches,
    detail,
    layout,
    select,
    toggle: (position: number) => (open.value = toggled(parts.value, open.value, position)),
    nextMatch(): void {
      const list = [...matches.value];
      const next = list.find((position) => position > (selected.value ?? -1)) ?? list[0];
      if (next !== undefined) select(next, true);
    },
  };
}

/** Parts whose key or title holds the text. */
function found(parts: readonly ShownPart[], text: string): ReadonlySet<number> {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return new Set();
  return new Set(parts.filter(({ key, title }) => `${key} ${title}`.toLowerCase().includes(wanted)).map(({ position }) => position));
}

/** A difference begins with what differs open down to its blocks. */
function differingOpen({ elements }: ArchitectureDiff): ReadonlySet<string> {
  const blocks = opened(elements, 'blocks');
  return new Set(elements.flatMap(({ key, status }) => (status !== 'equal' && blocks.has(key) ? [key] : [])));
}

function sameKeys(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((key) => b.has(key));
}
