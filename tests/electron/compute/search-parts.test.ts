import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { synthesizeCityscapes } from '../../../datasets/cityscapes/synthesize/synthesize.ts';
import { openDataset } from '../../../datasets/catalog.ts';
import type { ComputeJob } from '../../../electron/compute/protocol.ts';
import { openParts } from '../../../electron/compute/search-parts.ts';
import type { OpenedParts } from '../../../electron/compute/search-parts.ts';
import type { Backend } from '../../../engine/backend/backend.ts';
import { parseSearchConfig } from '../../../engine/search/config.ts';
import { temporaryFolder } from '../../db/temporary-folder.ts';
import { tinySearch } from '../../flows/support/tiny-search.ts';

/** The data are not computed with here. */
const backend = { id: 'cpu' } as Backend;
const config = parseSearchConfig({ ...(tinySearch(4) as object), data: { ...(tinySearch(4) as { data: object }).data, workers: 0 } });

async function jobWithData(): Promise<ComputeJob> {
  const folder = temporaryFolder();
  const root = join(folder, 'city');
  await synthesizeCityscapes(root, { seed: 1, train: 12, val: 1, test: 0, height: 64, width: 128, workers: 0 });
  const source = await openDataset(root);
  const { kind, fingerprint } = source.info;
  await source.close();
  return {
    config: {},
    folder: join(folder, 'experiment'),
    features: join(folder, 'features'),
    dataset: { kind, root, fingerprint },
    isFirstRun: true,
  progress: { finishedTrials: [], kept: {} },
    files: [],
  };
}

async function withParts(job: ComputeJob, work: (parts: OpenedParts['parts']) => Promise<void>): Promise<void> {
  const opened = await openParts(job, config, backend, undefined);
  try {
    await work(opened.parts);
  } finally {
    await opened.close();
  }
}

describe('slow: openParts', () => {
  it('the same number gives the same batch, whatever was asked for before and in another process too', async () => {
    const job = await jobWithData();
    let first: Float32Array | undefined;
    await withParts(job, async (parts) => {
      first = (await parts.trainBatch(7)).images;
    });
    await withParts(job, async (parts) => {
      const before = await parts.trainBatch(6);
      const again = await parts.trainBatch(7);
      expect(again.images).toEqual(first);
      expect(before.images).not.toEqual(first);
      expect([again.size, again.height, again.width]).toEqual([2, 16, 32]);
      // A stream of its own: not the training batches once more.
      expect((await parts.calibrationBatch(7)).images).not.toEqual(first);
      expect((await parts.evaluation.batch(0)).size).toBeGreaterThan(0);
    });
  });

  it('files: what was saved is read back; a file that no checkpoint names is refused', async () => {
    await withParts(await jobWithData(), async (parts) => {
      const written = await parts.saveFile('a.safetensors', Uint8Array.of(1, 2, 3));
      expect([...(await parts.readFile(written.file))]).toEqual([1, 2, 3]);
      await expect(parts.readFile('b.safetensors')).rejects.toMatchObject({ code: 'file-missing' });
    });
  });

  it('an evaluation size of another aspect than the pictures is refused at once, with the size that they get', async () => {
    const square = { ...config, data: { ...config.data, evaluationSize: [32, 32] as [number, number] } };
    await expect(openParts(await jobWithData(), square, backend, undefined)).rejects.toMatchObject({
      code: 'invalid-config',
      message: expect.stringMatching(/^data\.evaluationSize: 32x32 .*\(64x128\), which become 16x32/),
      tip: expect.stringContaining('[16,32]'),
    });
  });

  it('a data set that changed since the search began is refused by name', async () => {
    const job = await jobWithData();
    const changed = { ...job, dataset: { ...job.dataset, fingerprint: 'other' } };
    await expect(openParts(changed, config, backend, undefined)).rejects.toMatchObject({
      code: 'dataset-changed',
      message: expect.stringContaining(job.dataset.root),
      tip: expect.any(String),
    });
  });

  it('a data set that is gone is refused', async () => {
    const job = await jobWithData();
    rmSync(job.dataset.root, { recursive: true });
    await expect(openParts(job, config, backend, undefined)).rejects.toMatchObject({ code: 'root-not-found' });
  });
});
