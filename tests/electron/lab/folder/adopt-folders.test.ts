import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { foldersNotUnderstood } from '../../../../electron/lab/folder/adopt-folders.ts';
import { writeExperimentFile } from '../../../../electron/lab/folder/experiment-file.ts';
import { experimentFolder } from '../../../../electron/lab/home.ts';
import { bundle, emptyHome } from '../naslab/sample.ts';

test('folders whose record is damaged or of a newer app are named; sound ones and those without a record are not', () => {
  const { store, layout } = emptyHome();
  const folderOf = (id: string): string => {
    const folder = experimentFolder(layout, id);
    mkdirSync(folder, { recursive: true });
    return folder;
  };
  writeExperimentFile(folderOf('sound'), bundle({ id: 'sound' }).experiment);
  folderOf('empty');
  writeFileSync(join(folderOf('damaged'), 'experiment.json'), '{"id":');
  writeExperimentFile(folderOf('newer'), bundle({ id: 'newer', environment: { shape: 'unknown' } }).experiment);
  expect(foldersNotUnderstood(store, layout)).toEqual(['damaged', 'newer']);
});
