import { EngineError } from '../../../engine/error.ts';
import type { FromTask } from '../../compute/tasks/protocol.ts';
import type { TaskInput, TaskName, TaskOutput } from '../../compute/tasks/table.ts';
import type { LaunchTask, TaskProcess } from '../launch-compute.ts';
import type { JobControl } from './jobs.ts';

/** Cancelled work has so long to end by itself. */
const endMs = 3_000;

export interface TaskOptions {
  /** Id of a backend; by default the fastest one here. */
  readonly backend?: string;
  readonly threads?: number;
}

/**
 * Does one task of electron/compute/tasks in a process of its own, so that neither its memory nor its end matters to the lab.
 * Rejects with the task's own failure (EngineError with its code), and with 'compute-died' when the process ended without a word.
 */
export type ComputeTaskRunner = <N extends TaskName>(
  name: N,
  input: TaskInput<N>,
  control: JobControl,
  options?: TaskOptions,
) => Promise<TaskOutput<N>>;

export function taskRunner(launch: LaunchTask): ComputeTaskRunner {
  return async (name, input, control, options = {}) => {
    control.signal.throwIfAborted();
    const child = await launch();
    if (control.signal.aborted) {
      child.kill();
      control.signal.throwIfAborted();
    }
    const cancel = (): void => {
      // One that takes no message any more has ended, or is ended below.
      child.send({ type: 'cancel' }).catch(() => undefined);
      setTimeout(() => child.kill(), endMs).unref();
    };
    control.signal.addEventListener('abort', cancel, { once: true });
    try {
      return (await answerOf(name, child, control, () => child.send({ type: 'task', name, input, ...options }))) as TaskOutput<typeof name>;
    } finally {
      control.signal.removeEventListener('abort', cancel);
    }
  };
}

function answerOf(name: TaskName, child: TaskProcess, control: JobControl, start: () => Promise<void>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.onMessage((message: FromTask) => {
      if (message.type === 'progress') control.progress(message.done, message.total, message.note);
      else if (message.type === 'result') resolve(message.value);
      else {
        const { code, message: text, tip } = message.failure;
        reject(new EngineError(code, text, tip === undefined ? {} : { tip }));
      }
    });
    child.onExit(({ code, signal, errorOutput }) => {
      // After an answer this changes nothing.
      const how = signal === null ? `with code ${code}` : `by ${signal}`;
      reject(new EngineError('compute-died', `The process of '${name}' ended ${how} before it had answered. ${errorOutput.trim()}`.trim()));
    });
    start().catch(reject);
  });
}
