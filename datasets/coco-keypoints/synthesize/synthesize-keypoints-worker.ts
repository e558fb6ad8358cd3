/** A thread that draws and writes pictures of people (see synthesize.ts). */
import { serveJobs } from '../../worker-pool.ts';
import { writeItem, type ItemJob, type ItemResult } from './write-item.ts';

serveJobs<ItemJob, ItemResult>(async (job) => ({ result: await writeItem(job), transfer: [] }));
