/** A thread that reads, augments and stacks batches (see loader.ts). */
import type { Batch } from './batch.ts';
import { runDecodeJob, type DecodeJob, type DecodeResult } from './decode-job.ts';
import { serveJobs } from './worker-pool.ts';

function buffersOf(batch: Batch): ArrayBuffer[] {
  const arrays = batch.kind === 'segmentation' ? [batch.images, batch.labels] : [batch.images, batch.targets, batch.targetWeights];
  return arrays.map(({ buffer }) => buffer as ArrayBuffer);
}

serveJobs<DecodeJob, DecodeResult>(async (job) => {
  const result = await runDecodeJob(job);
  return { result, transfer: buffersOf(result.batch) };
});
