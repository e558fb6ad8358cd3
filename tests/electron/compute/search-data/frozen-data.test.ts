import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { synthesizeCityscapes } from '../../../../datasets/cityscapes/synthesize/synthesize.ts';
import { openDataset } from '../../../../datasets/catalog.ts';
import { openSearchData } from '../../../../electron/compute/search-data/open.ts';
import { evaluateTask } from '../../../../electron/compute/tasks/evaluate.ts';
import { openBackend, type Backend } from '../../../../engine/backend/backend.ts';
import { parseSearchConfig, type SearchConfig } from '../../../../engine/search/config.ts';
import type { FrozenParts } from '../../../../engine/search/parts.ts';
import { runSession } from '../../../bench/support/search-session.ts';
import { temporaryFolder } from '../../../db/temporary-folder.ts';

let backend: Backend;

beforeAll(async () => {
  backend = await openBackend('wasm');
});

function configOf(seed: number, variants: number): SearchConfig {
  return parseSearchConfig({
    preset: 'dpc-demo',
    seed,
    space: { width: 0.1, filters: 8, branches: 2, crop: [33, 33] },
    data: { baseSize: [32, 64], crop: [33, 33], evaluationSize: [33, 65], batchSize: 4, evaluationBatchSize: 2, workers: 0, trainSplit: 'train' },
    proxy: { id: 'frozen-backbone', steps: 2, variants },
    evaluate: { calibrationBatches: 2, calibrationBatchSize: 4 },
    strategy: { id: 'random', trials: 1, steps: 2, retrain: { top: 1, steps: 2 } },
  });
}

async function streets(): Promise<string> {
  const root = join(temporaryFolder(), 'city');
  await synthesizeCityscapes(root, { seed: 1, train: 12, val: 1, test: 0, height: 64, width: 128, workers: 0 });
  return root;
}

/** The pictures of the first batches by their keys; fails where equal keys have different pictures. */
async function picturesOf(frozen: Pick<FrozenParts, 'batch' | 'keys'>, batches: number): Promise<Map<string, string>> {
  const pictures = new Map<string, string>();
  for (let index = 0; index < batches; index++) {
    const { size, images, labels } = await frozen.batch('train', index);
    frozen.keys('train', index).forEach((key, i) => {
      const end = (length: number, count: number): number => (count * length) / size;
      const pixels = images.slice(end(images.length, i), end(images.length, i + 1));
      const own = labels.slice(end(labels.length, i), end(labels.length, i + 1));
      const picture = `${Buffer.from(pixels.buffer).toString('base64')} ${Buffer.from(own).toString('base64')}`;
      expect(pictures.get(key) ?? picture).toBe(picture);
      pictures.set(key, picture);
    });
  }
  return pictures;
}

describe('slow: pictures for a frozen backbone', () => {
  it('come in as many variants as asked for, each with a key of its own; other seeds have other training keys and the same ranked ones', async () => {
    const source = await openDataset(await streets());
    const count = source.size('train');
    const configs = [configOf(3, 1), configOf(3, 2), configOf(4, 1)];
    const [one, two, other] = await Promise.all(configs.map((config) => openSearchData(source, config)));
    const epochs = Math.ceil((3 * count) / 4);
    expect((await picturesOf(one!.frozen!, epochs)).size).toBe(count);
    expect(new Set((await picturesOf(two!.frozen!, epochs)).values()).size).toBe(2 * count);
    const keys = new Set(one!.frozen!.keys('train', 0));
    expect(other!.frozen!.keys('train', 0).some((key) => keys.has(key))).toBe(false);
    expect(other!.frozen!.keys('evaluation', 0)).toEqual(one!.frozen!.keys('evaluation', 0));
    for (const data of [one, two, other]) await data!.close();
    await source.close();
  });

  it('an evaluation of the weight files gives the scores of the search: the proxy trial and the one that was trained again', async () => {
    const root = await streets();
    const folder = temporaryFolder();
    const config = configOf(3, 1);
    const { trials } = await runSession(config, backend, root, folder);
    expect(trials.map(({ metrics }) => metrics[0]?.kind)).toEqual(['proxy', 'retrained']);
    for (const { number, arch, metrics, cost } of trials) {
      const evaluated = await evaluateTask(
        {
          arch,
          weights: join(folder, `trial-000${number}.safetensors`),
          dataset: { root, kind: 'cityscapes' },
          split: config.data.rankingSplit,
          fit: [cost.input[0]!, cost.input[1]!],
        },
        { backend, signal: new AbortController().signal, progress: () => {} },
      );
      if (!('meanIou' in evaluated)) throw new Error('it is a segmentation');
      expect(evaluated.input).toEqual([33, 65, 3]);
      // float16 features in the search, float32 ones here
      const allowed = metrics[0]!.kind === 'retrained' ? 1e-12 : 2e-3;
      expect(Math.abs(evaluated.meanIou! - metrics[0]!.value!)).toBeLessThanOrEqual(allowed);
    }
  });
});
