import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ExperimentStore } from '../../../../db/store.ts';
import { adoptFolders } from '../../../../electron/lab/folder/adopt-folders.ts';
import { readExperimentFile } from '../../../../electron/lab/folder/experiment-file.ts';
import { experimentFolder } from '../../../../electron/lab/home.ts';
import type { HomeLayout } from '../../../../electron/lab/home.ts';
import { exportExperiment } from '../../../../electron/lab/naslab/export-experiment.ts';
import { importExperiment } from '../../../../electron/lab/naslab/import-experiment.ts';
import { notesOf } from '../../../../electron/lab/naslab/notes.ts';
import { ownMark } from '../../../../electron/lab/process-mark.ts';
import type { ExportReport } from '../../../../electron/ipc/contract.ts';
import { temporaryFolder } from '../../../db/temporary-folder.ts';
import { bundle, emptyHome, filledHome, id } from './sample.ts';

interface Home {
  readonly store: ExperimentStore;
  readonly layout: HomeLayout;
}

function exportTo(home: Home, file: string, withStates = true): Promise<ExportReport> {
  return exportExperiment(
    home.store,
    home.layout,
    home.store.experiment(id) as NonNullable<ReturnType<ExperimentStore['experiment']>>,
    file,
    withStates,
  );
}

const newFile = (): string => join(temporaryFolder(), 'folder', 'one.naslab');

function remembered({ store }: Home, of = id) {
  const strip = ({ experiment: _experiment, ...rest }: { readonly experiment: string }): object => rest;
  return {
    trials: store.trials(of).map(strip),
    checkpoints: store.checkpoints(of).map(strip),
    scalars: store.scalarNames(of).map((name) => [name, store.scalars(of, name)]),
    logs: store.logs(of).map(strip).slice(0, 1),
  };
}

describe('an experiment on its way to another home', () => {
  test('everything arrives: record with its times, trials, scalars that are no numbers, log, weight files and states', async () => {
    const from = filledHome();
    const file = newFile();
    const report = await exportTo(from, file);
    expect(report).toMatchObject({ id, file, bytes: readFileSync(file).length, files: 2, trials: 2, hasStates: true, missing: [] });
    expect(readdirSync(join(file, '..'))).toEqual(['one.naslab']);

    const to = emptyHome();
    expect(await importExperiment(to.store, to.layout, file)).toEqual({ id, exportedId: id });
    expect(to.store.experiment(id)).toEqual(bundle().experiment);
    expect(remembered(to)).toEqual(remembered(from));
    const folder = experimentFolder(to.layout, id);
    expect(readdirSync(folder).sort()).toEqual(['experiment.json', 'journal.jsonl', 'state-4.safetensors', 'trial-0000.safetensors']);
    for (const name of ['trial-0000.safetensors', 'state-4.safetensors'])
      expect(readFileSync(join(folder, name))).toEqual(readFileSync(join(from.folder, name)));
    expect(to.store.logs(id).at(-1)?.message).toContain('Imported from one.naslab');
    expect(readdirSync(to.layout.root)).toEqual(['experiments']);
  });

  test('a taken id, or a folder of that name, gives it a new one; the first stays as it is', async () => {
    const home = filledHome();
    const file = newFile();
    await exportTo(home, file);
    const before = remembered(home);
    const second = await importExperiment(home.store, home.layout, file);
    expect(second).toMatchObject({ id: expect.stringMatching(/^hrnas-[0-9a-f]{6}$/), exportedId: id });
    expect(second.id).not.toBe(id);
    expect(remembered(home)).toEqual(before);
    expect(remembered(home, second.id)).toEqual(before);
    home.store.removeExperiment(id);
    expect((await importExperiment(home.store, home.layout, file)).id).not.toBe(id);
  });

  test.each([
    ['left out on request', {}, false],
    ['of an experiment that runs at the moment', { runs: true }, true],
    ['damaged', { damage: true }, true],
  ] as const)(
    'states %s: it arrives as failed and says why; it is never resumed',
    async (_, { runs, damage }: { runs?: boolean; damage?: boolean }, withStates) => {
      const from = filledHome();
      if (runs === true) from.store.setExperimentState(id, 'running', { runner: ownMark() });
      if (damage === true) writeFileSync(join(from.folder, 'state-4.safetensors'), 'other bytes');
      const file = newFile();
      expect(await exportTo(from, file, withStates)).toMatchObject({ hasStates: false, files: 1 });
      const to = emptyHome();
      await importExperiment(to.store, to.layout, file);
      const state = runs === true ? 'interrupted' : 'stopped';
      expect(to.store.experiment(id)).toMatchObject({
        state: 'failed',
        failure: { code: 'states-not-carried', message: expect.stringContaining(state) },
      });
      expect(to.store.experiment(id)).not.toHaveProperty('runner');
      expect(to.store.checkpoints(id)).toEqual([]);
      expect(existsSync(join(experimentFolder(to.layout, id), 'state-4.safetensors'))).toBe(false);
    },
  );

  test('a retraining keeps what it retrains; seeds that would have followed do not follow here', async () => {
    const environment = { ...(bundle().experiment.environment as object), retrains: { experiment: 'hrnas-1', trial: 3, seed: 1, later: [2] } };
    const file = newFile();
    await exportTo(filledHome({ state: 'complete', environment }), file);
    const to = emptyHome();
    await importExperiment(to.store, to.layout, file);
    const retrains = { experiment: 'hrnas-1', trial: 3, seed: 1, later: [] };
    expect(to.store.experiment(id)?.environment).toEqual({ ...environment, retrains });
    expect(readExperimentFile(experimentFolder(to.layout, id))?.environment).toEqual({ ...environment, retrains });
  });

  test('stars, notes, exclusions, later results and edits of the reference arrive, and outlive the database there', async () => {
    const from = filledHome({ state: 'complete' });
    from.store.annotateTrial(id, 0, { isStarred: true, tags: ['a'], note: 'the one', exclusion: 'cut off' });
    from.store.addTrialResults(id, 0, [
      { kind: 'retrained', name: 'mIoU', value: 0.5, split: 'val', seed: 3, details: { experiment: 'hrnas-x' } },
      { kind: 'measured', name: 'latencyP50Ms', value: null, split: '' },
    ]);
    from.store.addReferenceEdit(id, { macs: 5, metric: 0, note: 'first' });
    from.store.addReferenceEdit(id, { macs: 6, metric: 0.1, note: 'second' });
    const file = newFile();
    await exportTo(from, file);
    const to = emptyHome();
    await importExperiment(to.store, to.layout, file);
    const said = notesOf(from.store, id);
    expect(said?.results).toHaveLength(2);
    expect(notesOf(to.store, id)).toEqual(said);
    expect(to.store.referenceEdits(id)[0]).toMatchObject({ note: 'second' });
    to.store.removeExperiment(id);
    expect(adoptFolders(to.store, to.layout).added).toEqual([id]);
    expect(notesOf(to.store, id)).toEqual(said);
  });

  test('a complete one stays complete and carries no states', async () => {
    const from = filledHome({ state: 'complete' });
    const file = newFile();
    expect(await exportTo(from, file)).toMatchObject({ hasStates: false, files: 1 });
    const to = emptyHome();
    await importExperiment(to.store, to.layout, file);
    expect(to.store.experiment(id)).toEqual(bundle({ state: 'complete' }).experiment);
  });

  test('a weight file that is gone is reported; its trial arrives without', async () => {
    const from = filledHome();
    rmSync(join(from.folder, 'trial-0000.safetensors'));
    const file = newFile();
    expect(await exportTo(from, file)).toMatchObject({ missing: ['trial-0000.safetensors'], files: 1 });
    const to = emptyHome();
    await importExperiment(to.store, to.layout, file);
    expect(to.store.trial(id, 0)).toMatchObject({ state: 'complete' });
    expect(to.store.trial(id, 0)).not.toHaveProperty('weights');
  });
});
