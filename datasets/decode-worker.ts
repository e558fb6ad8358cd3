/** A thread that reads, augments and stacks batches (see loader.ts). */
import { runDecodeJob, type DecodeJob, type DecodeResult } from './decode-job.ts';
import { serveJobs } from './worker-pool.ts';

serveJobs<DecodeJob, DecodeResult>(async (job) => {
  const result = await runDecodeJob(job);
  return { result, transfer: [result.batch.images.buffer as ArrayBuffer, result.batch.labels.buffer as ArrayBuffer] };
});
