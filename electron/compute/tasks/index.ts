import { runInProcess } from '../run-in-process.ts';
import { serveTask } from './serve-task.ts';

await runInProcess(serveTask);
