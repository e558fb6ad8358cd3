import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { writeCheckpointFile } from '../../../db/checkpoints/checkpoint-files.ts';
import { createMemoryStore } from '../../../db/memory/memory-store.ts';
import type { ExperimentStore } from '../../../db/store.ts';
import { EventWriter } from '../../../electron/lab/event-writer.ts';
import type { SearchEvent, TrialResult } from '../../../engine/search/events.ts';
import { newExperiment } from '../../conformance/store-records.ts';
import { temporaryFolder } from '../../db/temporary-folder.ts';

const arch = { space: 'hr-nas', version: 1, settings: {}, choices: { a: 1 } };

function trial(change: Partial<TrialResult> = {}): SearchEvent {
  return {
    type: 'trial-finished',
    trial: {
      number: 0,
      arch,
      hash: 'h',
      cost: { macs: 10, params: 2, activationBytes: 4, input: [8, 8, 3], scope: 'full' },
      metrics: [{ name: 'mIoU', value: 0.5, split: 'search-val', kind: 'proxy' }],
      steps: 4,
      seed: 1,
      role: 'front',
      ...change,
    },
  };
}

const started: SearchEvent = { type: 'trial-started', number: 0, arch, hash: 'h' };
const scalars = (step: number): SearchEvent => ({ type: 'scalars', step, phase: 'p', values: { loss: step } });

describe('EventWriter', () => {
  let store: ExperimentStore;
  let folder: string;
  let seen: string[];
  let writer: EventWriter;

  beforeEach(() => {
    store = createMemoryStore();
    store.createExperiment(newExperiment('a'));
    folder = temporaryFolder();
    seen = [];
    writer = new EventWriter({
      store,
      id: 'a',
      folder,
      written: (event) => seen.push(event.type),
      failed: (error) => seen.push(String(error)),
    });
  });

  it('scalars are stored together within a quarter of a second, before any event that comes after them', async () => {
    writer.write(scalars(1));
    writer.write(scalars(2));
    expect(seen).toEqual([]);
    writer.write({ type: 'log', level: 'info', message: 'm' });
    expect(seen).toEqual(['scalars', 'scalars', 'log']);
    writer.write(scalars(3));
    await delay(300);
    expect(store.lastStep('a')).toBe(3);
    expect(seen).toHaveLength(4);
  });

  it('a delayed write that fails is reported', async () => {
    writer.write(scalars(1));
    store.removeExperiment('a');
    await delay(300);
    expect(seen).toEqual([expect.stringContaining('no experiment')]);
  });

  it('a complete trial that comes again equal is neither rewritten nor logged', () => {
    for (const event of [started, trial(), started, trial()]) writer.write(event);
    expect(store.trial('a', 0)).toMatchObject({ state: 'complete', attempt: 1 });
    expect(store.logs('a')).toEqual([]);
  });

  it('a complete trial that comes out different keeps its first result and says in what it differs', () => {
    for (const event of [started, trial(), started, trial({ hash: 'other', steps: 5 })]) writer.write(event);
    expect(store.trial('a', 0)).toMatchObject({ hash: 'h', steps: 4 });
    expect(store.logs('a')).toMatchObject([
      {
        level: 'warn',
        message: expect.stringMatching(/Trial 0 .* different in hash, steps/),
        values: { again: { hash: 'other', steps: 5 } },
      },
    ]);
  });

  it('a failed trial that comes again stays failed with its first cause', () => {
    const failed: SearchEvent = { type: 'trial-failed', number: 0, code: 'loss-not-finite', message: 'step 3' };
    for (const event of [started, failed, started, failed]) writer.write(event);
    expect(store.trial('a', 0)).toMatchObject({ state: 'failed', attempt: 1, failure: { code: 'loss-not-finite' } });
    expect(store.logs('a')).toHaveLength(1);
  });

  const state = (step: number): SearchEvent => ({
    type: 'state',
    name: 'latest',
    step,
    phaseIndex: 0,
    state: {},
    keep: false,
    checkpoint: writeCheckpointFile(folder, `state-${step}.safetensors`, Buffer.from('x')),
  });

  it('a new state deletes the file of the one before, and written again it does not delete its own', () => {
    writer.write(state(1));
    writer.write(state(2));
    expect(store.latestCheckpoint('a')?.file).toBe('state-2.safetensors');
    expect(readdirSync(folder)).toEqual(['state-2.safetensors']);
    writer.write(state(2));
    expect(store.checkpoints('a')).toHaveLength(1);
    expect(readdirSync(folder)).toEqual(['state-2.safetensors']);
  });

  it('the file of a replaced state is deleted only when the row of the new one is there', () => {
    const seenFiles: string[][] = [];
    const watched = new EventWriter({
      store: {
        ...store,
        addCheckpoint: (record) => {
          const replaced = store.addCheckpoint(record);
          seenFiles.push(readdirSync(folder));
          return replaced;
        },
      },
      id: 'a',
      folder,
      written: () => undefined,
      failed: () => undefined,
    });
    watched.write(state(1));
    watched.write(state(2));
    expect(seenFiles[1]).toEqual(['state-1.safetensors', 'state-2.safetensors']);
  });

  it('a replaced file that cannot be deleted is a warning in the log, and the search goes on', () => {
    writer.write(state(1));
    // A folder in the place of the file cannot be deleted like one.
    rmSync(join(folder, 'state-1.safetensors'));
    mkdirSync(join(folder, 'state-1.safetensors', 'x'), { recursive: true });
    writer.write(state(2));
    expect(store.latestCheckpoint('a')?.step).toBe(2);
    expect(seen).toEqual(['state', 'state']);
    expect(store.logs('a')).toMatchObject([{ level: 'warn', message: expect.stringMatching(/Deleting .*state-1\.safetensors failed/) }]);
  });
});
