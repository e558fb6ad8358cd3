import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { LabApi } from '../../../electron/ipc/contract.ts';
import { forkCompute } from '../../../electron/lab/launch-compute.ts';
import { openLab } from '../../../electron/lab/lab.ts';
import type { LabOptions, OpenedLab } from '../../../electron/lab/lab.ts';
import type { FakeBehaviour } from './fake-compute.ts';

const opened: OpenedLab[] = [];

/** A lab whose searches are the fake ones and are not started again by themselves; closed after the test. */
export function openTestLab(home: string, options: Omit<LabOptions, 'home'> = {}): OpenedLab {
  const lab = openLab({
    home,
    command: 'test',
    waitMs: 300,
    restartDelaysMs: [],
    launchCompute: forkCompute(new URL('./fake-compute.ts', import.meta.url)),
    ...options,
  });
  opened.push(lab);
  return lab;
}

export function behave(behaviour: FakeBehaviour): void {
  process.env['LAB_TEST_FAKE'] = JSON.stringify(behaviour);
}

afterEach(async () => {
  delete process.env['LAB_TEST_FAKE'];
  await Promise.all(opened.splice(0).map((lab) => lab.close()));
});

/** Two pictures a city in the layout of Cityscapes; enough to be registered, the files are not read. */
export function writeCityscapesShell(root: string): string {
  const cities = { train: ['aachen', 'bochum', 'bremen', 'cologne'], val: ['frankfurt'] };
  for (const [split, names] of Object.entries(cities)) {
    for (const city of names) {
      for (const frame of ['000000_000019', '000001_000019']) {
        writeInto(join(root, 'leftImg8bit', split, city), `${city}_${frame}_leftImg8bit.png`);
        writeInto(join(root, 'gtFine', split, city), `${city}_${frame}_gtFine_labelIds.png`);
      }
    }
  }
  return root;
}

/** What must be equal whatever happened on the way. */
export async function results(api: LabApi, id: string): Promise<unknown> {
  const { folder } = await api.experiment(id);
  return (await api.trials(id)).map(({ number, hash, cost, metrics, steps, seed, details, checkpoint }) => ({
    number,
    hash,
    cost,
    metrics,
    steps,
    seed,
    details,
    file: checkpoint?.slice(folder.length),
    weights: readFileSync(checkpoint as string).toString('hex'),
  }));
}

function writeInto(folder: string, name: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), name);
}
