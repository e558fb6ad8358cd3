import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { LabEvent } from '../../electron/ipc/contract.ts';
import { lab, onConnection } from '../lab/client.ts';

/** What is shown follows the lab at most four times a second. */
const batchMs = 250;

/**
 * The stream of events. Stores subscribe once: `onEvents` brings what came in the last quarter of a second, in order;
 * `onResync` says that some were missed and what is shown has to be read again.
 */
export const useConnection = defineStore('connection', () => {
  const state = shallowRef<'connecting' | 'open' | 'lost'>('connecting');
  const batchListeners = new Set<(events: readonly LabEvent[]) => void>();
  const resyncListeners = new Set<() => void>();
  let waiting: LabEvent[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const flush = (): void => {
    timer = undefined;
    const events = waiting;
    waiting = [];
    for (const listener of batchListeners) listener(events);
  };

  let isStarted = false;
  function start(): void {
    if (isStarted) return;
    isStarted = true;
    onConnection((change) => {
      state.value = change === 'lost' ? 'lost' : 'open';
      if (change === 'resync') for (const listener of resyncListeners) listener();
    });
    lab().onEvent((event) => {
      state.value = 'open';
      waiting.push(event);
      timer ??= setTimeout(flush, batchMs);
    });
    // The window's own lab has no connection that could be lost.
    if (window.lab !== undefined) state.value = 'open';
  }

  function onEvents(listener: (events: readonly LabEvent[]) => void): () => void {
    start();
    batchListeners.add(listener);
    return () => batchListeners.delete(listener);
  }

  function onResync(listener: () => void): () => void {
    resyncListeners.add(listener);
    return () => resyncListeners.delete(listener);
  }

  return { state, onEvents, onResync };
});
