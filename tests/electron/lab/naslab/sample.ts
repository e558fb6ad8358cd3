import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createMemoryStore } from '../../../../db/memory/memory-store.ts';
import type { ExperimentBundle, ExperimentStore, Json } from '../../../../db/store.ts';
import { experimentFolder, layoutOf } from '../../../../electron/lab/home.ts';
import type { HomeLayout } from '../../../../electron/lab/home.ts';
import { encodeDocument } from '../../../../electron/lab/naslab/container.ts';
import { parseSearchConfig } from '../../../../engine/search/config.ts';
import { hrNas } from '../../../../engine/spaces/hr-nas/hr-nas.ts';
import { temporaryFolder } from '../../../db/temporary-folder.ts';

export const id = 'hrnas-7f3a2c';
const time = '2026-11-24T06:00:00.000Z';
const weights = Buffer.from('weights of trial 0');
const state = Buffer.from('state after step 4');

export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A home with nothing in it but an empty store. */
export function emptyHome(): { readonly store: ExperimentStore; readonly layout: HomeLayout } {
  const layout = layoutOf(temporaryFolder());
  return { store: createMemoryStore(), layout };
}

/** A stopped experiment with two trials, one of which has weights, and a state to resume from. */
export function bundle(change: Partial<ExperimentBundle['experiment']> = {}): ExperimentBundle {
  const config = JSON.parse(JSON.stringify(parseSearchConfig({ preset: 'demo', data: { dataset: 'city' } }))) as Json;
  const arch = JSON.parse(JSON.stringify(hrNas.smallest(hrNas.defaultSettings))) as Json;
  return {
    experiment: {
      id,
      name: 'half the crop',
      system: 'hr-nas',
      state: 'stopped',
      config,
      environment: {
        appVersion: '0.1.0',
        nodeVersion: 'v24',
        platform: 'linux-x64',
        backend: 'wasm',
        threads: 1,
        numerics: '0123456789abcdef',
        choice: { reason: 'the only one here that works', passedOver: [{ id: 'tensorflow', code: 'backend-self-test', message: 'm' }] },
        dataset: { name: 'city', kind: 'cityscapes', root: '/data/city', fingerprint: 'f' },
        reference: { macs: 1e8, metric: 0 },
        plan: { phases: [{ name: 'warm-up', steps: 4 }], totalSteps: 4 },
      },
      createdAt: time,
      updatedAt: time,
      tags: ['paper'],
      note: 'two\nlines',
      seconds: 12.5,
      ...change,
    },
    trials: [
      {
        number: 0,
        attempt: 2,
        state: 'complete',
        arch,
        hash: 'abc',
        cost: { macs: 1e6, params: 10, activationBytes: 4, input: [64, 128, 3], scope: 'full' },
        metrics: [{ name: 'mIoU', value: null, split: 'search-val', kind: 'proxy' }],
        steps: 4,
        seed: 5,
        role: 'front',
        series: 'rho=1',
        weights: 'trial-0000.safetensors',
        details: { alive: [1, 2] },
        startedAt: time,
        finishedAt: time,
      },
      { number: 1, attempt: 1, state: 'abandoned', arch, hash: 'def', metrics: [], startedAt: time, finishedAt: time },
    ],
    scalars: {
      loss: [
        { step: 1, value: 2.5 },
        { step: 2, value: Number.NaN },
        { step: 3, value: Number.POSITIVE_INFINITY },
      ],
    },
    logs: [{ time, level: 'warn', message: 'careful', values: { n: 1 } }],
    checkpoints: [
      {
        name: 'latest',
        step: 4,
        phaseIndex: 0,
        state: { phase: 'warm-up' },
        file: 'state-4.safetensors',
        bytes: state.length,
        sha256: hashOf(state),
        keep: false,
        createdAt: time,
      },
    ],
  };
}

/** The same in a home, with its files. */
export function filledHome(
  change: Partial<ExperimentBundle['experiment']> = {},
): ReturnType<typeof emptyHome> & { readonly folder: string } {
  const home = emptyHome();
  home.store.addExperiment(bundle(change));
  const folder = experimentFolder(home.layout, id);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'trial-0000.safetensors'), weights);
  writeFileSync(join(folder, 'state-4.safetensors'), state);
  return { ...home, folder };
}

/** The document that an export of that home has, and its files' bytes; to be changed and written again. */
export function sampleDocument() {
  const { scalars: _scalars, ...rest } = bundle();
  return {
    version: 1,
    exportedAt: time,
    appVersion: '0.1.0',
    hasStates: true,
    ...rest,
    scalars: { loss: [[1, 2.5]] },
    files: [weights, state].map((bytes, i) => ({
      file: ['trial-0000.safetensors', 'state-4.safetensors'][i] as string,
      bytes: bytes.length,
      sha256: hashOf(bytes),
    })),
  };
}
export const sampleContents = Buffer.concat([weights, state]);

export function writeContainer(document: unknown, contents: Uint8Array = sampleContents): string {
  return writeBytes(Buffer.concat([encodeDocument(document), contents]));
}

export function writeBytes(bytes: Uint8Array): string {
  const file = join(temporaryFolder(), 'hostile.naslab');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  return file;
}
