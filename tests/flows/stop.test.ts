import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Json } from '../../db/store.ts';
import type { LabApi } from '../../electron/ipc/contract.ts';
import { openLab } from '../../electron/lab/lab.ts';
import type { OpenedLab } from '../../electron/lab/lab.ts';
import type { SearchEvent } from '../../engine/search/events.ts';
import { temporaryFolder } from '../db/temporary-folder.ts';
import { homeWithCity, tinySearch } from './support/tiny-search.ts';

const opened: OpenedLab[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((lab) => lab.close()));
});

async function labWithCity(): Promise<LabApi> {
  const folder = temporaryFolder();
  await homeWithCity(join(folder, 'home'), join(folder, 'city'));
  const lab = openLab({ home: join(folder, 'home') });
  opened.push(lab);
  return lab.api;
}

function when(api: LabApi, matches: (event: SearchEvent) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const end = api.onEvent((event) => {
      if (event.type !== 'search' || !matches(event.event)) return;
      end();
      resolve();
    });
  });
}

/** An evaluation of hundreds of batches, so that a stop comes in the middle of it. */
const longEvaluation: Json = { ...(tinySearch(4) as object), evaluate: { calibrationBatches: 2000, calibrationBatchSize: 2 } };

describe('slow: stopping a real search', () => {
  it.each([
    ['between training steps', tinySearch(2000), (event: SearchEvent) => event.type === 'scalars' && event.step === 5],
    ['in the middle of an evaluation', longEvaluation, (event: SearchEvent) => event.type === 'trial-started'],
  ])(
    '%s: answered within a second, with a state to go on from',
    async (_, config, isMoment) => {
      const api = await labWithCity();
      const moment = when(api, isMoment);
      const { id } = await api.startSearch({ config, dataset: 'city', backend: 'wasm' });
      await moment;
      await delay(50);
      const began = performance.now();
      const stopped = await api.stopSearch(id);
      expect(performance.now() - began).toBeLessThan(1000);
      expect(stopped.state).toBe('stopped');
      expect(stopped.progress.checkpointStep).toBe(stopped.progress.step);
      expect(stopped.progress.step).toBeGreaterThan(0);
      // The running trial is not finished by the stop.
      expect(stopped.progress.trials).toMatchObject({ complete: 0, running: 0 });
    },
    60_000,
  );
});
