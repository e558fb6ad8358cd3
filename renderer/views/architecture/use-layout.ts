import { onBeforeUnmount, shallowRef, watch } from 'vue';
import type { Ref, ShallowRef } from 'vue';
import type { GraphLayout, LayoutSource } from './layout.ts';
import type { LayoutAnswer, LayoutMessage } from './layout-worker.ts';

/** A layout that takes longer may be cancelled or made simple. */
export const slowMs = 2_500;

/** What a layout is made by; a Worker in the page. */
export interface LayoutWorker {
  postMessage(message: LayoutMessage): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<LayoutAnswer>) => void) | null;
}

export interface LayoutState {
  readonly layout: Readonly<ShallowRef<GraphLayout | undefined>>;
  readonly isPending: Readonly<ShallowRef<boolean>>;
  /** It has taken longer than `slowMs`. */
  readonly isSlow: Readonly<ShallowRef<boolean>>;
  readonly isSimple: Readonly<ShallowRef<boolean>>;
  readonly error: Readonly<ShallowRef<string | undefined>>;
  /** Ends the work and goes back to what was open when the last layout was made. */
  cancel(): void;
  /** Ends the work and places everything row by row. */
  simplify(): void;
}

function newWorker(): LayoutWorker {
  return new Worker(new URL('./layout-worker.ts', import.meta.url), { type: 'module' });
}

/** Without what a layout does not need: thousands of elements are copied to the worker. */
function bare({ elements, edges }: LayoutSource): LayoutSource {
  return { elements: elements.map(({ key, kind, parent, isBlock }) => ({ key, kind, parent, isBlock })), edges };
}

/** Lays a network out in a worker, again whenever it or what is open changes; an older answer is dropped. */
export function useLayout(
  source: Readonly<Ref<LayoutSource | undefined>>,
  open: Ref<ReadonlySet<string>>,
  createWorker: () => LayoutWorker = newWorker,
): LayoutState {
  const layout = shallowRef<GraphLayout>();
  const isPending = shallowRef(false);
  const isSlow = shallowRef(false);
  const isSimple = shallowRef(false);
  const error = shallowRef<string>();
  let worker: LayoutWorker | undefined;
  let latest = 0;
  let laidOpen: ReadonlySet<string> = new Set();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function settle(): void {
    clearTimeout(timer);
    isPending.value = false;
    isSlow.value = false;
  }

  function restart(): void {
    worker?.terminate();
    worker = undefined;
    settle();
    if (source.value === undefined) return;
    worker = createWorker();
    worker.onmessage = ({ data }) => take(data);
    worker.postMessage({ source: bare(source.value) });
  }

  function take(answer: LayoutAnswer): void {
    if (answer.id !== latest) return;
    settle();
    error.value = 'error' in answer ? answer.error : undefined;
    if ('error' in answer) return;
    laidOpen = open.value;
    layout.value = answer.layout;
  }

  function request(simple: boolean): void {
    if (worker === undefined) return;
    isPending.value = true;
    isSlow.value = false;
    isSimple.value = simple;
    clearTimeout(timer);
    timer = setTimeout(() => (isSlow.value = true), slowMs);
    worker.postMessage({ id: ++latest, open: [...open.value], isSimple: simple });
  }

  watch(
    [source, open],
    ([network], [before]) => {
      if (network !== before) {
        layout.value = undefined;
        restart();
      } else if (open.value === laidOpen && !isPending.value) return;
      // What is under way answers for what was open before.
      else if (isPending.value) restart();
      request(false);
    },
    { immediate: true },
  );
  onBeforeUnmount(() => {
    clearTimeout(timer);
    worker?.terminate();
  });

  return {
    layout,
    isPending,
    isSlow,
    isSimple,
    error,
    cancel() {
      latest++;
      restart();
      if (layout.value !== undefined) open.value = laidOpen;
    },
    simplify() {
      restart();
      request(true);
    },
  };
}
