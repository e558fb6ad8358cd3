// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LabApi, LabEvent } from '../../../electron/ipc/contract.ts';
import type { ExperimentSummary } from '../../../electron/ipc/overview.ts';
import { useLab } from '../../../renderer/lab/client.ts';
import { useExperiments } from '../../../renderer/stores/experiments.ts';
import { useLive } from '../../../renderer/stores/live.ts';
import { resource } from '../../../renderer/stores/resource.ts';
import { longestTray, parseRef, refKey, useSelection } from '../../../renderer/stores/selection.ts';
import { useUndo } from '../../../renderer/stores/undo.ts';

const summary = (id: string, change: object = {}): ExperimentSummary =>
  ({ experiment: { id, name: id, state: 'running', ...change }, isHere: true, front: [], growth: [] }) as unknown as ExperimentSummary;

/** A lab that counts its calls and lets the test send events. */
function fakeLab(summaries: readonly ExperimentSummary[]) {
  const calls: string[] = [];
  let send = (_event: LabEvent): void => undefined;
  useLab({
    experimentSummaries: async () => {
      calls.push('all');
      return summaries;
    },
    experimentSummary: async (id: string) => {
      calls.push(id);
      return summary(id, { state: 'complete' });
    },
    onEvent: (listener: (event: LabEvent) => void) => {
      send = listener;
      return () => undefined;
    },
  } as unknown as LabApi);
  return { calls, send: (event: LabEvent) => send(event) };
}
const scalars = (id: string, step: number): LabEvent => ({
  type: 'search',
  id,
  event: { type: 'scalars', step, phase: 'warm-up', values: { loss: step } },
});

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  setActivePinia(createPinia());
});
afterEach(() => {
  vi.useRealTimers();
  useLab(undefined);
});

describe('stores of the interface', () => {
  it('however many events of one search come at once, its line is read once and the order of the list stays', async () => {
    const { calls, send } = fakeLab([summary('b'), summary('a')]);
    const store = useExperiments();
    await store.load();
    for (let number = 0; number < 50; number++)
      send({ type: 'search', id: 'a', event: { type: 'log', level: 'info', message: `${number}` } });
    await vi.advanceTimersByTimeAsync(300);
    expect(calls).toEqual(['all', 'a']);
    expect(store.summaries.map(({ experiment }) => `${experiment.id} ${experiment.state}`)).toEqual(['b running', 'a complete']);
  });

  it('of two readings of one experiment the one that began last counts, also when its answer comes first', async () => {
    const answers: ((summary: ExperimentSummary) => void)[] = [];
    useLab({
      experimentSummary: () => new Promise((resolve) => answers.push(resolve)),
      onEvent: () => () => undefined,
    } as unknown as LabApi);
    const store = useExperiments();
    const both = [store.refresh('a'), store.refresh('a')];
    answers[1]?.(summary('a', { state: 'complete' }));
    answers[0]?.(summary('a', { state: 'running' }));
    await Promise.all(both);
    expect(store.byId.get('a')?.experiment.state).toBe('complete');
  });

  it('live values follow four times a second at most, with the newest of each', async () => {
    const { send } = fakeLab([]);
    const live = useLive();
    for (let step = 1; step <= 100; step++) send(scalars('a', step));
    expect(live.runs.size).toBe(0);
    await vi.advanceTimersByTimeAsync(250);
    expect(live.runs.get('a')).toMatchObject({ step: 100, phase: 'warm-up', values: { loss: 100 } });
  });

  it('an older answer that comes later is dropped', async () => {
    const answers: ((value: string) => void)[] = [];
    const read = resource(() => new Promise<string>((resolve) => answers.push(resolve)));
    const both = [read.load(), read.load()];
    answers[1]?.('new');
    answers[0]?.('old');
    await Promise.all(both);
    expect(read.value.value).toBe('new');
  });

  it('undo takes back the last step, redo does it again, and what failed is not remembered', async () => {
    const undo = useUndo();
    const seen: string[] = [];
    await undo.perform({ title: 'one', redo: () => void seen.push('do'), undo: () => void seen.push('undo') });
    await expect(undo.perform({ title: 'two', redo: () => Promise.reject(new Error('no')), undo: () => undefined })).rejects.toThrow('no');
    expect(undo.nextUndo).toBe('one');
    await undo.undo();
    await undo.redo();
    expect(seen).toEqual(['do', 'undo', 'do']);
    expect([undo.nextUndo, undo.nextRedo]).toEqual(['one', undefined]);
  });

  it('the shortlist holds each network once and no more than Compare can show', () => {
    const selection = useSelection();
    const entry = (trial: number) => ({ ref: { experiment: 'a', trial }, title: `t${trial}` });
    for (let trial = 0; trial < longestTray; trial++) expect(selection.add(entry(trial))).toBe(true);
    expect(selection.add(entry(0))).toBe(true);
    expect(selection.add(entry(99))).toBe(false);
    expect(selection.tray.length).toBe(longestTray);
    selection.toggle(entry(0));
    expect(selection.has(entry(0).ref)).toBe(false);
  });

  it('a network has one name in addresses', () => {
    for (const key of ['hrnas-7f3a2c:t12', 'lite-hrnet:18']) expect(refKey(parseRef(key))).toBe(key);
    expect(parseRef('hrnas-7f3a2c:t12')).toEqual({ experiment: 'hrnas-7f3a2c', trial: 12 });
  });
});
