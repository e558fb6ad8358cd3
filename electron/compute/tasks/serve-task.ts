import { EngineError } from '../../../engine/error.ts';
import type { Port } from '../protocol.ts';
import { openChosen } from '../open-chosen.ts';
import type { FromTask, ToTask } from './protocol.ts';
import { tasks } from './table.ts';
import type { Task, TaskName } from './table.ts';

/** Serves one task over a port: opens the backend, runs it, posts its result or its failure. */
export async function serveTask(port: Port<FromTask, ToTask>): Promise<void> {
  const cancelled = new AbortController();
  const {
    name,
    input,
    backend: wished,
    threads,
  } = await new Promise<Extract<ToTask, { type: 'task' }>>((resolve, reject) => {
    port.onMessage((message) => {
      if (message.type === 'task') resolve(message);
      else cancelled.abort();
    });
    port.onClose(() => reject(new Error('the process that started this task is gone')));
  });
  try {
    const load = tasks[name as TaskName] as (() => Promise<Task<unknown, unknown>>) | undefined;
    if (load === undefined) throw new EngineError('unknown-task', `A compute process was asked for '${name}', which it does not know.`);
    const task = await load();
    const { backend } = await openChosen({
      ...(wished === undefined ? {} : { backend: wished }),
      ...(threads === undefined ? {} : { threads }),
    });
    const value = await task(input, {
      backend,
      signal: cancelled.signal,
      progress: (done, total, note) =>
        void port.send({ type: 'progress', done, ...(total === undefined ? {} : { total }), ...(note === undefined ? {} : { note }) }),
    });
    await port.send({ type: 'result', value });
  } catch (error) {
    const { code, message, tip } = error as { code?: unknown; message?: unknown; tip?: unknown };
    const failure = {
      code: typeof code === 'string' ? code : 'unexpected',
      message: typeof message === 'string' ? message : String(error),
      ...(typeof tip === 'string' ? { tip } : {}),
    };
    await port.send({ type: 'failed', failure });
  }
}
