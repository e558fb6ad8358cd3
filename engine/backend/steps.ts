/**
 * Steps: functions of tensors and numbers that run again and again with the same shapes and may change variables. A backend that can
 * (native TensorFlow) compiles a step into one call; elsewhere, and where it is asked for, it runs op by op.
 */
import { engine } from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { StepNumber, StepSeed } from './step-number.ts';
import { tidy } from './internals.ts';

export type StepMode = 'eager' | 'compiled';

/** What changes from run to run. The tensors stay the caller's. */
export interface StepInputs {
  readonly tensors: readonly Tensor[];
  readonly numbers: readonly number[];
  /** 32-bit integers: seeds of random draws. */
  readonly seeds: readonly number[];
}

/**
 * What a step does. Everything that changes from run to run comes in its arguments or in variables that exist before the first run; it must
 * not read values (`dataSync`), draw random numbers in JavaScript or make variables. Results that it returns are the caller's of `run`.
 */
export type StepFunction = (tensors: readonly Tensor[], numbers: readonly StepNumber[], seeds: readonly StepSeed[]) => readonly Tensor[];

/** What compiling cost and how often it was used. */
export interface StepStats {
  readonly runs: number;
  /** Times that the function was traced: once for each set of shapes, and again after an eviction. */
  readonly traces: number;
  /** Ops of the graph, and milliseconds of trace and first call, of the latest trace. */
  readonly ops: number;
  readonly traceMs: number;
  readonly firstRunMs: number;
}

export interface Step {
  readonly mode: StepMode;
  /** One run. The caller disposes the results. Runs of one process must not overlap. */
  run(inputs: StepInputs): Promise<Tensor[]>;
  stats(): StepStats;
  dispose(): void;
}

type Compiler = (name: string, f: StepFunction) => Step;

const compilers = new Map<string, Compiler>();

/** Called where a backend is opened that can compile. */
export function setCompiler(backend: string, compiler: Compiler): void {
  compilers.set(backend, compiler);
}

/** Whether the backend in use can compile steps. */
export function canCompile(): boolean {
  return compilers.has(engine().backendName);
}

/** A step on the backend in use; 'compiled' where it cannot compile means 'eager'. `name` shows in errors and profiles. */
export function createStep(name: string, f: StepFunction, mode: StepMode): Step {
  const compiler = mode === 'compiled' ? compilers.get(engine().backendName) : undefined;
  return compiler ? compiler(name, f) : eagerStep(f);
}

function eagerStep(f: StepFunction): Step {
  let runs = 0;
  let firstRunMs = 0;
  return {
    mode: 'eager',
    run: async ({ tensors, numbers, seeds }) => {
      const began = performance.now();
      const results = tidy(() => [...f(tensors, numbers, seeds)]);
      if (runs++ === 0) firstRunMs = performance.now() - began;
      return Promise.resolve(results);
    },
    stats: () => ({ runs, traces: 0, ops: 0, traceMs: 0, firstRunMs }),
    dispose: () => undefined,
  };
}
