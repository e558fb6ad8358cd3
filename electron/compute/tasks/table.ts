import type { Backend } from '../../../engine/backend/backend.ts';

/** What a task is given besides its input. */
export interface TaskControl {
  /** Opened for this task: the one that was asked for, else the fastest here. */
  readonly backend: Backend;
  /** Aborted when the job is cancelled; long tasks look at it between steps. */
  readonly signal: AbortSignal;
  progress(done: number, total?: number, note?: string): void;
}

export type Task<I, O> = (input: I, control: TaskControl) => Promise<O>;

/** Tasks by name: input and output are JSON or typed arrays (structured clone). One line each; the file of a task is loaded when it is asked for. */
export const tasks = {
  'measure-latency': () => import('./measure-latency.ts').then((file) => file.measureLatencyTask),
  'dry-run': () => import('./dry-run.ts').then((file) => file.dryRunTask),
  evaluate: () => import('./evaluate.ts').then((file) => file.evaluateTask),
  'predict-samples': () => import('./predict-samples.ts').then((file) => file.predictSamplesTask),
  'describe-backend': () => import('./describe-backend.ts').then((file) => file.describeBackendTask),
} as const satisfies Readonly<Record<string, () => Promise<Task<never, unknown>>>>;

export type TaskName = keyof typeof tasks;
type TaskOf<N extends TaskName> = Awaited<ReturnType<(typeof tasks)[N]>>;
export type TaskInput<N extends TaskName> = Parameters<TaskOf<N>>[0];
export type TaskOutput<N extends TaskName> = Awaited<ReturnType<TaskOf<N>>>;
