import { availableParallelism } from 'node:os';
import type { PictureJob, PictureResult } from '../../../datasets/picture-job.ts';
import { DatasetError } from '../../../datasets/source.ts';
import { WorkerPool } from '../../../datasets/worker-pool.ts';

const mostThreads = 4;

/** Threads that draw and count samples, started with the first job. Threads that died are replaced at the next one. */
export class PictureThreads {
  readonly size = Math.max(1, Math.min(mostThreads, availableParallelism() - 1));
  #pool: WorkerPool<PictureJob, PictureResult> | undefined;

  async run(job: PictureJob): Promise<PictureResult> {
    this.#pool ??= new WorkerPool(new URL('../../../datasets/picture-worker.ts', import.meta.url), this.size);
    try {
      return await this.#pool.run(job);
    } catch (error) {
      if (error instanceof DatasetError && error.code === 'worker-crashed') this.#pool = undefined;
      throw error;
    }
  }
}
