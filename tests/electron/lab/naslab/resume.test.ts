import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ExperimentView, LabApi, TrialView } from '../../../../electron/ipc/contract.ts';
import { temporaryFolder } from '../../../db/temporary-folder.ts';
import { openTestLab, writeCityscapesShell } from '../lab-fixture.ts';
import { tinyConfig } from '../tiny-config.ts';

async function startSearch(data: string): Promise<{ readonly api: LabApi; readonly experiment: ExperimentView }> {
  const { api } = openTestLab(join(temporaryFolder(), 'home'));
  await api.addDataset({ root: data, name: 'city' });
  return { api, experiment: await api.startSearch({ config: tinyConfig(), dataset: 'city' }) };
}

function afterTrial(api: LabApi, number: number): Promise<void> {
  return new Promise((resolve) => {
    const end = api.onEvent((event) => {
      if (event.type !== 'search' || event.event.type !== 'trial-finished' || event.event.trial.number !== number) return;
      end();
      resolve();
    });
  });
}

const results = (trials: readonly TrialView[]): object[] =>
  trials.map(
    ({ experiment: _experiment, checkpoint: _checkpoint, startedAt: _started, finishedAt: _finished, attempt: _attempt, ...rest }) => rest,
  );

test('slow: a search stopped in one home, resumed in another: the same trials as without a break', async () => {
  const data = writeCityscapesShell(join(temporaryFolder(), 'city'));
  const whole = await startSearch(data);
  await whole.api.whenEnded(whole.experiment.id);

  const { api, experiment } = await startSearch(data);
  await afterTrial(api, 2);
  await api.stopSearch(experiment.id);
  const file = join(temporaryFolder(), 'stopped.naslab');
  expect(await api.exportExperiment(experiment.id, file)).toMatchObject({ hasStates: true });

  const other = openTestLab(join(temporaryFolder(), 'other')).api;
  const imported = await other.importExperiment(file);
  expect(imported).toMatchObject({
    exportedId: experiment.id,
    experiment: { id: experiment.id, state: 'stopped', seconds: (await api.experiment(experiment.id)).seconds },
  });
  await other.resumeSearch(experiment.id);
  expect(await other.whenEnded(experiment.id)).toMatchObject({ state: 'complete' });
  expect(results(await other.trials(experiment.id))).toEqual(results(await whole.api.trials(whole.experiment.id)));
  expect(await other.scalars(experiment.id, 'loss')).toEqual(await whole.api.scalars(whole.experiment.id, 'loss'));
});

test('slow: exported without its states it cannot be resumed, but its configuration can be forked', async () => {
  const data = writeCityscapesShell(join(temporaryFolder(), 'city'));
  const { api, experiment } = await startSearch(data);
  await afterTrial(api, 0);
  await api.stopSearch(experiment.id);
  const file = join(temporaryFolder(), 'bare.naslab');
  await api.exportExperiment(experiment.id, file, { withStates: false });
  const { experiment: copy } = await api.importExperiment(file);
  expect(copy).toMatchObject({ state: 'failed', failure: { code: 'states-not-carried' } });
  await expect(api.resumeSearch(copy.id)).rejects.toMatchObject({ code: 'finished' });
  const fork = await api.forkSearch({ id: copy.id, set: [] });
  expect(await api.whenEnded(fork.id)).toMatchObject({ state: 'complete', origin: copy.id });
});
