import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { ExperimentView } from '../../../../electron/ipc/contract.ts';
import { reproduceCommands } from '../../../../electron/lab/exports/reproduce-commands.ts';
import { environmentSchema } from '../../../../electron/lab/naslab/environment-schema.ts';
import { temporaryFolder } from '../../../db/temporary-folder.ts';

const usual = { appVersion: '1', nodeVersion: '1', platform: 'x', backend: 'wasm', dataset: { name: 'c', kind: 'cityscapes', root: '/x', fingerprint: 'ab' } };

it('texts of a record run nothing, whatever stands in them', () => {
  const folder = temporaryFolder();
  const evil = "'; touch made; '\ntouch made\r\u2028touch made #$(touch made)`touch made`";
  const environment = { ...usual, backend: evil, threads: evil, dataset: { name: evil, kind: evil, root: '/x', fingerprint: evil } };
  const script = reproduceCommands([{ id: evil, environment } as unknown as ExperimentView]);
  const { status, stderr } = spawnSync('bash', ['-c', `lab() { :; }\n${script}`], { cwd: folder, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  expect(readdirSync(folder)).toEqual([]);
});

it('a file that says such things of its environment is refused', () => {
  expect(environmentSchema.safeParse(usual).error).toBeUndefined();
  for (const change of [{ backend: 'wasm; x' }, { dataset: { ...usual.dataset, kind: 'a\nb' } }, { dataset: { ...usual.dataset, fingerprint: 'a b' } }])
    expect(environmentSchema.safeParse({ ...usual, ...change }).success).toBe(false);
});
