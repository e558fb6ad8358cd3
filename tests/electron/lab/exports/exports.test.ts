import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { afterAll, describe, expect, it } from 'vitest';
import { openLab } from '../../../../electron/lab/lab.ts';
import { readSafetensors } from '../../../../engine/run/safetensors.ts';
import { behave, openTestLab, writeCityscapesShell } from '../lab-fixture.ts';
import { tinyConfig } from '../tiny-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'exports-'));
const { api, close } = openLab({ home: join(folder, 'home') });
afterAll(async () => {
  await close();
  rmSync(folder, { recursive: true });
});
const cs2 = { published: 'hr-nas:cs2' } as const;
const small = { weights: 'fill', input: [32, 64] } as const;

describe('a network is taken away', () => {
  it('as ONNX: onnxruntime opens it and finds the sizes that were asked for', async () => {
    const target = join(folder, 'cs2.onnx');
    const report = await api.exportNetwork(cs2, { ...small, format: 'onnx', target });
    expect(report).toMatchObject({ file: target, name: 'cs2.onnx', bytes: readFileSync(target).length });
    const session = await InferenceSession.create(target);
    expect(session.inputMetadata[0]).toMatchObject({ isTensor: true, shape: ['batch', 3, 32, 64] });
    expect(session.outputMetadata[0]).toMatchObject({ shape: ['batch', 19, 8, 16] });
  });

  it('as safetensors: official names, and the architecture and normalisation as metadata', async () => {
    const { file, tensors } = await api.exportNetwork(cs2, { ...small, format: 'safetensors' });
    const read = readSafetensors(readFileSync(file));
    expect(read.tensors.size).toBe(tensors);
    expect(JSON.parse(read.metadata['architecture'] ?? '')).toMatchObject({ space: 'hr-nas' });
    expect(JSON.parse(read.metadata['normalization'] ?? '')).toMatchObject({ mean: [123.675, 116.28, 103.53] });
    expect(file).toContain(join('home', 'workspace', 'exports'));
  });

  it('as a TensorFlow.js model: a folder with model and weights', async () => {
    const target = join(folder, 'cs2-tfjs');
    await api.exportNetwork(cs2, { ...small, format: 'tfjs', target });
    expect(readdirSync(target).sort()).toEqual(['model.json', 'weights.bin']);
  });

  it.each([
    ['no weights', {}, 'no-weights'],
    ['a weight file that is not there', { weights: '/nowhere/w.safetensors' }, 'not-found'],
  ])('%s: refused, nothing is written', async (_, options, code) => {
    const target = join(folder, 'nothing.onnx');
    await expect(api.exportNetwork(cs2, { format: 'onnx', target, ...options })).rejects.toMatchObject({
      code: code === 'not-found' ? expect.any(String) : code,
    });
    expect(readdirSync(folder)).not.toContain('nothing.onnx');
  });
});

describe('slow: a paper pack', () => {
  it('holds the front in three forms, all trials with seeds and fingerprints, the configurations and the commands', async () => {
    behave({ stepMs: 0, backend: 'wasm' });
    const { api: lab } = openTestLab(join(folder, 'other'));
    await lab.addDataset({ root: writeCityscapesShell(join(folder, 'city')), name: 'my city' });
    const { id } = await lab.startSearch({ config: tinyConfig(), dataset: 'my city' });
    await lab.whenEnded(id);
    const target = join(folder, 'paper');
    const pack = await lab.paperPack([id], { target, title: 'A & B' });
    expect(pack.files.map(({ name }) => name).sort()).toEqual(
      ['README.md', 'front.csv', 'front.svg', 'front.tex', 'reproduce.sh', 'results.json', join('configs', `${id}.json`)].sort(),
    );
    const trials = await lab.trials(id);
    const results = JSON.parse(readFileSync(join(target, 'results.json'), 'utf8')) as {
      experiments: { seed: number; environment: { dataset: { fingerprint: string; root?: string } }; trials: unknown[] }[];
    };
    expect(results.experiments[0]).toMatchObject({
      seed: 5,
      environment: { dataset: { fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) } },
    });
    expect(results.experiments[0]?.environment.dataset.root).toBeUndefined();
    expect(results.experiments[0]?.trials).toHaveLength(trials.length);
    expect(readFileSync(join(target, 'reproduce.sh'), 'utf8')).toMatch(
      new RegExp(`DATA_MY_CITY.*--name 'my city'[\\s\\S]*lab search configs/${id}\\.json --backend wasm --name '${id} again'`),
    );
    expect(readFileSync(join(target, 'front.tex'), 'utf8')).toContain('A \\& B');
  });
});
