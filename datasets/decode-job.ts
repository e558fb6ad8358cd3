import { assembleBatch } from './assemble-batch.ts';
import type { Batch, BatchItem } from './batch.ts';
import { datasetKind } from './catalog.ts';
import type { ItemRef, Sample } from './source.ts';
import type { Transform } from './transforms/transform.ts';

/** One batch to read: everything is plain data, so that it runs in any thread. */
export interface DecodeJob {
  readonly step: number;
  readonly seed: number;
  readonly transform: Transform;
  readonly items: readonly BatchItem[];
  readonly refs: readonly ItemRef[];
  /** Samples that are decoded already, in shared memory; undefined entries are read from their files. */
  readonly decoded: readonly (Sample | undefined)[];
  /** Whether the caller keeps what is decoded here: it is then decoded into shared memory. */
  readonly keepsDecoded: boolean;
}

export interface DecodeResult {
  readonly batch: Batch;
  /** The newly decoded samples by position, when they are kept. */
  readonly decoded: readonly (Sample | undefined)[];
}

export async function runDecodeJob(job: DecodeJob): Promise<DecodeResult> {
  const fresh: (Sample | undefined)[] = [];
  const samples: Sample[] = [];
  for (const [i, ref] of job.refs.entries()) {
    const known = job.decoded[i];
    const sample = known ?? (await datasetKind(ref.kind).readItem(ref, job.keepsDecoded ? allocateShared : undefined));
    samples.push(sample);
    fresh.push(job.keepsDecoded && known === undefined ? sample : undefined);
  }
  return { batch: assembleBatch(job.step, job.items, samples, job.transform, job.seed), decoded: fresh };
}

function allocateShared(byteLength: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(byteLength));
}
