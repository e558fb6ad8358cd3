import { assembleBatch, type BatchItem, type SegmentationBatch } from './batch.ts';
import { asSegmentation, type DecodeJob, type DecodeResult } from './decode-job.ts';
import { createRandom, hash32, permutation } from './random.ts';
import { SampleCache } from './sample-cache.ts';
import { DatasetError, type DatasetSource, type ItemRef, type SegmentationSample } from './source.ts';
import type { SegmentationTransform } from './transforms/segmentation.ts';
import { WorkerPool } from './worker-pool.ts';

export interface LoaderOptions {
  readonly source: DatasetSource;
  readonly split: string;
  readonly batchSize: number;
  /** Order and random changes follow from it. */
  readonly seed: number;
  readonly transform: SegmentationTransform;
  /** shuffled: endless, every sample once an epoch, batches run across the end of an epoch. sequential: one pass in the split's order, the last batch may be smaller. */
  readonly order: 'shuffled' | 'sequential';
  /** Uses only so many samples of the split, evenly spaced. */
  readonly limit?: number;
  /** Threads; 0 reads in the caller's thread, with equal results. */
  readonly workers?: number;
  /** Batches that are prepared beyond the one that was asked for. */
  readonly readAhead?: number;
  /** Decoded samples are kept up to so many bytes. */
  readonly cacheBytes?: number;
  /** The module of the threads, when the program is bundled. */
  readonly workerUrl?: URL;
}

export const defaultLoaderOptions = { workers: 1, readAhead: 2, cacheBytes: 256 * 1024 * 1024 } as const;

export interface Loader {
  /** Samples in one epoch. */
  readonly size: number;
  /** Batches in one epoch: size / batchSize, a fraction in shuffled order, rounded up in sequential order. */
  readonly batchesPerEpoch: number;
  /**
   * Any batch, in any order; asking for step after step finds the next ones prepared. The caller owns the arrays.
   * Throws RangeError beyond a sequential pass, DatasetError when a file is broken (the next call may go on).
   */
  batch(step: number): Promise<SegmentationBatch>;
  /** Bytes of decoded samples that are kept. */
  cachedBytes(): number;
  close(): Promise<void>;
}

/** A loader over one split. Throws DatasetError 'split-unknown', 'split-empty', 'loader-options'. */
export function createLoader(options: LoaderOptions): Loader {
  const { source, split, batchSize, seed, transform, order, limit } = options;
  const workers = options.workers ?? defaultLoaderOptions.workers;
  const readAhead = options.readAhead ?? defaultLoaderOptions.readAhead;
  const cache = new SampleCache(options.cacheBytes ?? defaultLoaderOptions.cacheBytes);
  requireWhole('batchSize', batchSize, 1);
  requireWhole('workers', workers, 0);
  requireWhole('readAhead', readAhead, 0);
  const indices = chooseIndices(source.size(split), limit);
  const size = indices.length;
  if (size === 0) throw new DatasetError('split-empty', `reading ${split} of ${source.info.root}: the split has no samples`);
  if (workers > 0 && source.itemRef === undefined) {
    throw new DatasetError('loader-options', `a source of kind '${source.info.kind}' can only be read in the caller's thread; use workers: 0`);
  }
  const itemsOf = createItems(options, indices);
  const stepCount = order === 'sequential' ? Math.ceil(size / batchSize) : Infinity;
  const pool = workers > 0 ? new WorkerPool<DecodeJob, DecodeResult>(options.workerUrl ?? new URL('./decode-worker.ts', import.meta.url), workers) : undefined;
  const prepared = new Map<number, Promise<SegmentationBatch>>();
  let isClosed = false;

  const prepare = (step: number): Promise<SegmentationBatch> => {
    const items = itemsOf(step);
    const decoded = items.map(({ index }) => cache.get(split, index));
    return pool === undefined ? readHere(step, items, decoded) : readInPool(pool, step, items, decoded);
  };

  const readHere = async (step: number, items: readonly BatchItem[], decoded: readonly (SegmentationSample | undefined)[]): Promise<SegmentationBatch> => {
    const samples: SegmentationSample[] = [];
    for (const [i, { index }] of items.entries()) {
      const sample = decoded[i] ?? asSegmentation(await source.read(split, index));
      cache.add(split, index, sample);
      samples.push(sample);
    }
    return assembleBatch(step, items, samples, transform, seed);
  };

  const readInPool = async (
    threads: WorkerPool<DecodeJob, DecodeResult>,
    step: number,
    items: readonly BatchItem[],
    decoded: readonly (SegmentationSample | undefined)[],
  ): Promise<SegmentationBatch> => {
    const refs = items.map(({ index }) => source.itemRef?.(split, index) as ItemRef);
    const result = await threads.run({ step, seed, transform, items, refs, decoded, keepsDecoded: cache.hasRoom });
    result.decoded.forEach((sample, i) => {
      if (sample !== undefined) cache.add(split, (items[i] as BatchItem).index, sample);
    });
    return result.batch;
  };

  const start = (step: number): Promise<SegmentationBatch> => {
    const known = prepared.get(step);
    if (known !== undefined) return known;
    const promise = prepare(step);
    promise.catch(() => {}); // Told to whoever asks for this step.
    prepared.set(step, promise);
    return promise;
  };

  return {
    size,
    batchesPerEpoch: order === 'sequential' ? stepCount : size / batchSize,
    batch: async (step) => {
      if (isClosed) throw new DatasetError('loader-closed', `reading batch ${step} of ${split}: the loader was closed already`);
      if (!Number.isInteger(step) || step < 0 || step >= stepCount) {
        throw new RangeError(`batch ${step} of ${split}: expected a whole number 0..${stepCount - 1}`);
      }
      for (const other of prepared.keys()) if (other < step || other > step + readAhead) prepared.delete(other);
      const wanted = start(step);
      prepared.delete(step);
      // In the caller's thread reading ahead would only delay the batch that is asked for.
      if (pool !== undefined) for (let next = step + 1; next <= step + readAhead && next < stepCount; next++) void start(next);
      return wanted;
    },
    cachedBytes: () => cache.bytes,
    close: async () => {
      isClosed = true;
      prepared.clear();
      cache.clear();
      await pool?.close();
    },
  };
}

/** The samples of each step, a function of split, order and seed alone. */
function createItems({ split, order, batchSize, seed }: LoaderOptions, indices: readonly number[]): (step: number) => readonly BatchItem[] {
  const size = indices.length;
  const orders = createOrders(order, split, size, seed);
  return (step) => {
    const end = order === 'sequential' ? Math.min((step + 1) * batchSize, size) : (step + 1) * batchSize;
    const items: BatchItem[] = [];
    for (let position = step * batchSize; position < end; position++) {
      const epoch = Math.floor(position / size);
      items.push({ split, index: indices[orders(epoch, position % size)] as number, epoch });
    }
    return items;
  };
}

function requireWhole(name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least) {
    throw new DatasetError('loader-options', `loader option ${name} is ${value}; expected a whole number of at least ${least}`);
  }
}

function chooseIndices(total: number, limit: number | undefined): readonly number[] {
  if (limit !== undefined) requireWhole('limit', limit, 1);
  const count = limit === undefined ? total : Math.min(limit, total);
  return Array.from({ length: count }, (_, i) => Math.floor((i * total) / count));
}

/** The place in the split of position `i` of an epoch: a function of seed, split and epoch alone. Two epochs are kept, since batches run across. */
function createOrders(order: LoaderOptions['order'], split: string, size: number, seed: number): (epoch: number, i: number) => number {
  if (order === 'sequential') return (_epoch, i) => i;
  const kept = new Map<number, Uint32Array>();
  return (epoch, i) => {
    let places = kept.get(epoch);
    if (places === undefined) {
      places = permutation(size, createRandom(hash32(`${seed}/${split}/order/${epoch}`)));
      if (kept.size >= 4) kept.clear();
      kept.set(epoch, places);
    }
    return places[i] as number;
  };
}
