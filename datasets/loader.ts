import { assembleBatch } from './assemble-batch.ts';
import type { Batch, BatchItem } from './batch.ts';
import { datasetKind } from './catalog.ts';
import type { DecodeJob, DecodeResult } from './decode-job.ts';
import { isKeypointsItem } from './keypoints-source.ts';
import { createRandom, hash32, permutation } from './random.ts';
import { SampleCache } from './sample-cache.ts';
import { sampleEvenly } from './sample-evenly.ts';
import { DatasetError, type DatasetSource, type ItemRef, type Sample } from './source.ts';
import type { BatchOf, Transform } from './transforms/transform.ts';
import { WorkerPool } from './worker-pool.ts';

export interface LoaderOptions<T extends Transform = Transform> {
  readonly source: DatasetSource;
  readonly split: string;
  readonly batchSize: number;
  /** Order and random changes follow from it. */
  readonly seed: number;
  readonly transform: T;
  /**
   * shuffled: endless, every sample once an epoch, batches run across the end of an epoch. sequential: one pass in the split's
   * order, the last batch may be smaller.
   */
  readonly order: 'shuffled' | 'sequential';
  /** Read in place of the split's own samples (the persons of its pictures), by any thread. */
  readonly items?: readonly ItemRef[];
  /** Uses only so many samples, evenly spaced. */
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

export interface Loader<B extends Batch = Batch> {
  /** Samples in one epoch. */
  readonly size: number;
  /** Batches in one epoch: size / batchSize, a fraction in shuffled order, rounded up in sequential order. */
  readonly batchesPerEpoch: number;
  /**
   * Any batch, in any order; asking for step after step finds the next ones prepared. The caller owns the arrays.
   * Throws RangeError beyond a sequential pass, DatasetError when a file is broken (the next call may go on).
   */
  batch(step: number): Promise<B>;
  /** Which samples a batch holds, without reading them. */
  itemsOf(step: number): readonly BatchItem[];
  /** Bytes of decoded samples that are kept. */
  cachedBytes(): number;
  close(): Promise<void>;
}

/** A loader over one split. Throws DatasetError 'split-unknown', 'split-empty', 'loader-options'. */
export function createLoader<T extends Transform>(options: LoaderOptions<T>): Loader<BatchOf<T>> {
  const { source, split } = options;
  const plan = { ...defaultLoaderOptions, ...options };
  requireWhole('batchSize', plan.batchSize, 1);
  requireWhole('workers', plan.workers, 0);
  requireWhole('readAhead', plan.readAhead, 0);
  const indices = chooseIndices(plan.items?.length ?? source.size(split), plan.limit);
  if (indices.length === 0) throw new DatasetError('split-empty', `reading ${split} of ${source.info.root}: the split has no samples`);
  if (plan.workers > 0 && plan.items === undefined && source.itemRef === undefined) {
    throw new DatasetError(
      'loader-options',
      `a source of kind '${source.info.kind}' can only be read in the caller's thread; use workers: 0`,
    );
  }
  return new BatchLoader<T>(plan, indices);
}

type LoaderPlan<T extends Transform> = LoaderOptions<T> & Required<Pick<LoaderOptions, 'workers' | 'readAhead' | 'cacheBytes'>>;

class BatchLoader<T extends Transform> implements Loader<BatchOf<T>> {
  readonly size: number;
  readonly batchesPerEpoch: number;
  readonly #plan: LoaderPlan<T>;
  /** Place in the split of each sample that is used. */
  readonly #indices: readonly number[];
  readonly #placeInEpoch: (epoch: number, i: number) => number;
  readonly #cache: SampleCache;
  readonly #pool: WorkerPool<DecodeJob, DecodeResult> | undefined;
  readonly #prepared = new Map<number, Promise<BatchOf<T>>>();
  #isClosed = false;

  constructor(plan: LoaderPlan<T>, indices: readonly number[]) {
    this.#plan = plan;
    this.#indices = indices;
    this.size = indices.length;
    this.batchesPerEpoch = plan.order === 'sequential' ? Math.ceil(this.size / plan.batchSize) : this.size / plan.batchSize;
    this.#placeInEpoch = createOrders(plan.order, plan.split, this.size, plan.seed);
    this.#cache = new SampleCache(plan.cacheBytes);
    if (plan.workers > 0) this.#pool = new WorkerPool(plan.workerUrl ?? new URL('./decode-worker.ts', import.meta.url), plan.workers);
  }

  async batch(step: number): Promise<BatchOf<T>> {
    const { split, order, readAhead } = this.#plan;
    if (this.#isClosed) throw new DatasetError('loader-closed', `reading batch ${step} of ${split}: the loader was closed already`);
    const stepCount = order === 'sequential' ? this.batchesPerEpoch : Infinity;
    if (!Number.isInteger(step) || step < 0 || step >= stepCount) {
      throw new RangeError(`batch ${step} of ${split}: expected a whole number 0..${stepCount - 1}`);
    }
    for (const other of this.#prepared.keys()) if (other < step || other > step + readAhead) this.#prepared.delete(other);
    const wanted = this.#start(step);
    this.#prepared.delete(step);
    // In the caller's thread reading ahead would only delay the batch that is asked for.
    if (this.#pool !== undefined) for (let next = step + 1; next <= step + readAhead && next < stepCount; next++) void this.#start(next);
    return wanted;
  }

  cachedBytes(): number {
    return this.#cache.bytes;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#prepared.clear();
    this.#cache.clear();
    await this.#pool?.close();
  }

  #start(step: number): Promise<BatchOf<T>> {
    const known = this.#prepared.get(step);
    if (known !== undefined) return known;
    const items = this.itemsOf(step);
    const decoded = items.map((item) => this.#decoded(item));
    const promise = this.#pool === undefined ? this.#readHere(step, items, decoded) : this.#readInPool(this.#pool, step, items, decoded);
    promise.catch(() => {}); // Told to whoever asks for this step.
    this.#prepared.set(step, promise);
    return promise;
  }

  /** Persons of one picture share what is decoded of it. */
  #cacheKey(split: string, index: number): string {
    const item = this.#plan.items?.[index];
    return item !== undefined && isKeypointsItem(item) ? `${split}/picture ${item.imageId}` : `${split}/${index}`;
  }

  #decoded({ split, index }: BatchItem): Sample | undefined {
    const sample = this.#cache.get(this.#cacheKey(split, index));
    const item = this.#plan.items?.[index];
    if (sample?.kind !== 'keypoints' || item === undefined || !isKeypointsItem(item)) return sample;
    return { ...sample, key: item.key, persons: item.persons };
  }

  itemsOf(step: number): readonly BatchItem[] {
    const { split, batchSize, order } = this.#plan;
    const end = order === 'sequential' ? Math.min((step + 1) * batchSize, this.size) : (step + 1) * batchSize;
    const items: BatchItem[] = [];
    for (let position = step * batchSize; position < end; position++) {
      const epoch = Math.floor(position / this.size);
      items.push({ split, index: this.#indices[this.#placeInEpoch(epoch, position % this.size)] as number, epoch });
    }
    return items;
  }

  async #readHere(step: number, items: readonly BatchItem[], decoded: Decoded): Promise<BatchOf<T>> {
    const { source, items: own, transform, seed } = this.#plan;
    const samples: Sample[] = [];
    for (const [i, { split, index }] of items.entries()) {
      const sample = decoded[i] ?? (await readSample(source, own?.[index], split, index));
      this.#cache.add(this.#cacheKey(split, index), sample);
      samples.push(sample);
    }
    return assembleBatch(step, items, samples, transform, seed);
  }

  async #readInPool(
    pool: WorkerPool<DecodeJob, DecodeResult>,
    step: number,
    items: readonly BatchItem[],
    decoded: Decoded,
  ): Promise<BatchOf<T>> {
    const { source, items: own, transform, seed } = this.#plan;
    const refs = items.map(({ split, index }) => own?.[index] ?? (source.itemRef?.(split, index) as ItemRef));
    const result = await pool.run({ step, seed, transform, items, refs, decoded, keepsDecoded: this.#cache.hasRoom });
    result.decoded.forEach((sample, i) => {
      const { split, index } = items[i] as BatchItem;
      if (sample !== undefined) this.#cache.add(this.#cacheKey(split, index), sample);
    });
    return result.batch as BatchOf<T>;
  }
}

/** Samples that are kept already, by position in the batch. */
type Decoded = readonly (Sample | undefined)[];

function readSample(source: DatasetSource, item: ItemRef | undefined, split: string, index: number): Promise<Sample> {
  return item === undefined ? source.read(split, index) : datasetKind(item.kind).readItem(item);
}

function requireWhole(name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least) {
    throw new DatasetError('loader-options', `loader option ${name} is ${value}; expected a whole number of at least ${least}`);
  }
}

function chooseIndices(total: number, limit: number | undefined): readonly number[] {
  if (limit !== undefined) requireWhole('limit', limit, 1);
  const all = Array.from({ length: total }, (_, i) => i);
  return limit === undefined ? all : sampleEvenly(all, limit);
}

/**
 * The place in the split of position `i` of an epoch: a function of seed, split and epoch alone. Two epochs are kept, since batches
 * run across.
 */
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
