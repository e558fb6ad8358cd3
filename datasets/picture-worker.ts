/** A thread that counts labels of samples and draws them (see picture-job.ts). */
import { runPictureJob, type PictureJob, type PictureResult } from './picture-job.ts';
import { serveJobs } from './worker-pool.ts';

serveJobs<PictureJob, PictureResult>(async (job) => ({ result: await runPictureJob(job), transfer: [] }));
