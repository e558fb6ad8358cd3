// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createApp, nextTick, shallowRef } from 'vue';
import { opened } from '../../../../renderer/views/architecture/tree.ts';
import { slowMs, useLayout } from '../../../../renderer/views/architecture/use-layout.ts';
import type { LayoutState, LayoutWorker } from '../../../../renderer/views/architecture/use-layout.ts';
import type { LayoutMessage } from '../../../../renderer/views/architecture/layout-worker.ts';
import { layoutGraph } from '../../../../renderer/views/architecture/layout.ts';
import { outlined, smallNetwork } from '../../../engine/graph/network.ts';

const source = outlined(smallNetwork([{ name: 'block0', channels: 4, kernel: 3, side: 5 }]));

/** Answers when it is told to. */
class SlowWorker implements LayoutWorker {
  onmessage: LayoutWorker['onmessage'] = null;
  isEnded = false;
  readonly requests: Extract<LayoutMessage, { id: number }>[] = [];
  postMessage(message: LayoutMessage): void {
    if ('id' in message) this.requests.push(message);
  }
  terminate(): void {
    this.isEnded = true;
  }
  answer(): void {
    const request = this.requests.at(-1)!;
    this.onmessage?.(new MessageEvent('message', { data: { id: request.id, layout: layoutGraph(source, request) } }));
  }
}

function start() {
  const workers: SlowWorker[] = [];
  const open = shallowRef<ReadonlySet<string>>(new Set());
  let state: LayoutState | undefined;
  const app = createApp({
    setup() {
      state = useLayout(shallowRef(source), open, () => {
        workers.push(new SlowWorker());
        return workers.at(-1)!;
      });
      return () => null;
    },
  });
  app.mount(document.createElement('div'));
  return { workers, open, state: state!, end: () => app.unmount() };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('asks once, shows the answer, asks again for what is opened; ends its worker with the view', async () => {
  const { workers, open, state, end } = start();
  expect([workers.length, workers[0]?.requests.length, state.isPending.value]).toEqual([1, 1, true]);
  workers[0]!.answer();
  expect(state.layout.value?.boxes).toHaveLength(3);
  open.value = opened(source.elements, 'nodes');
  await nextTick();
  workers[0]!.answer();
  expect(state.layout.value?.boxes).toHaveLength(source.elements.length);
  end();
  expect(workers[0]!.isEnded).toBe(true);
});

test('after 2.5 s it is slow; cancelling ends the work and goes back to what was shown', async () => {
  const { workers, open, state } = start();
  workers[0]!.answer();
  const before = state.layout.value;
  open.value = opened(source.elements, 'nodes');
  await nextTick();
  vi.advanceTimersByTime(slowMs - 1);
  expect(state.isSlow.value).toBe(false);
  vi.advanceTimersByTime(1);
  expect(state.isSlow.value).toBe(true);
  state.cancel();
  await nextTick();
  expect([workers[0]!.isEnded, state.isPending.value, state.isSlow.value]).toEqual([true, false, false]);
  expect([...open.value]).toEqual([]);
  expect(state.layout.value).toBe(before);
  workers[0]!.answer(); // too late
  expect(state.layout.value).toBe(before);
});

test('the simplified view is asked of a new worker', async () => {
  const { workers, open, state } = start();
  workers[0]!.answer();
  open.value = opened(source.elements, 'nodes');
  await nextTick();
  state.simplify();
  expect(workers[1]!.requests).toMatchObject([{ isSimple: true }]);
  workers[1]!.answer();
  expect([state.isSimple.value, state.layout.value?.boxes.length]).toEqual([true, source.elements.length]);
});
