/** A thread that draws and writes scenes (see synthesize.ts). */
import { serveJobs } from '../../worker-pool.ts';
import { writeItem, type ItemJob, type WrittenItem } from './write-item.ts';

serveJobs<ItemJob, WrittenItem>(async (job) => ({ result: await writeItem(job), transfer: [] }));
