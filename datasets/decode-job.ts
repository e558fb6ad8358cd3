import { assembleBatch, type BatchItem, type SegmentationBatch } from './batch.ts';
import { datasetKind } from './catalog.ts';
import { DatasetError, type ItemRef, type Sample, type SegmentationSample } from './source.ts';
import type { SegmentationTransform } from './transforms/segmentation.ts';

/** One batch to read: everything is plain data, so that it runs in any thread. */
export interface DecodeJob {
  readonly step: number;
  readonly seed: number;
  readonly transform: SegmentationTransform;
  readonly items: readonly BatchItem[];
  readonly refs: readonly ItemRef[];
  /** Samples that are decoded already, in shared memory; undefined entries are read from their files. */
  readonly decoded: readonly (SegmentationSample | undefined)[];
  /** Whether the caller keeps what is decoded here: it is then decoded into shared memory. */
  readonly keepsDecoded: boolean;
}

export interface DecodeResult {
  readonly batch: SegmentationBatch;
  /** The newly decoded samples by position, when they are kept. */
  readonly decoded: readonly (SegmentationSample | undefined)[];
}

export async function runDecodeJob(job: DecodeJob): Promise<DecodeResult> {
  const fresh: (SegmentationSample | undefined)[] = [];
  const samples: SegmentationSample[] = [];
  for (const [i, ref] of job.refs.entries()) {
    const known = job.decoded[i];
    const sample = known ?? asSegmentation(await datasetKind(ref.kind).readItem(ref, job.keepsDecoded ? allocateShared : undefined));
    samples.push(sample);
    fresh.push(job.keepsDecoded && known === undefined ? sample : undefined);
  }
  return { batch: assembleBatch(job.step, job.items, samples, job.transform, job.seed), decoded: fresh };
}

export function asSegmentation(sample: Sample): SegmentationSample {
  if (sample.kind !== 'segmentation') {
    throw new DatasetError('sample-kind', `sample ${sample.key} is of kind '${sample.kind}'; this loader takes segmentation samples`);
  }
  return sample;
}

function allocateShared(byteLength: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(byteLength));
}
