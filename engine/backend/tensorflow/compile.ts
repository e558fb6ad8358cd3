/** Compiled steps: one run of the function is recorded into a graph, which TensorFlow then runs as one call. */
import type { Tensor, Variable } from '@tensorflow/tfjs';
import { EngineError } from '../../error.ts';
import { tensorFor } from '../internals.ts';
import type { Step, StepFunction, StepInputs, StepStats } from '../steps.ts';
import type { FunctionCache } from './function-cache.ts';
import type { NativeOps } from './native-backend.ts';
import { refuseSymbol } from './recorder.ts';
import { returnMemory } from './return-memory.ts';
import { giveOwnId, traceStep } from './trace-step.ts';
import type { Compiled } from './trace-step.ts';

let functions = 0;

/** From so many ops on (0.3 s of tracing) it is worth a collection of garbage. */
const manyOps = 4096;

/** The step that is running: two at once would each write what they made of the same old values. */
let running: string | undefined;

export function compiledStep(ops: NativeOps, cache: FunctionCache, name: string, f: StepFunction): Step {
  return new CompiledStep(ops, cache, name, f);
}

class CompiledStep implements Step {
  readonly mode = 'compiled';
  readonly #ops: NativeOps;
  readonly #cache: FunctionCache;
  readonly #name: string;
  readonly #f: StepFunction;
  /** By the inputs' shapes. */
  readonly #compiled = new Map<string, Compiled>();
  #stats: { -readonly [key in keyof StepStats]: StepStats[key] } = { runs: 0, traces: 0, ops: 0, traceMs: 0, firstRunMs: 0 };
  #isDisposed = false;

  constructor(ops: NativeOps, cache: FunctionCache, name: string, f: StepFunction) {
    this.#ops = ops;
    this.#cache = cache;
    this.#name = name;
    this.#f = f;
  }

  async run(inputs: StepInputs): Promise<Tensor[]> {
    if (this.#isDisposed) throw new EngineError('step-disposed', `the step '${this.#name}' was disposed and cannot run.`);
    this.#checkIsAlone();
    running = this.#name;
    try {
      return await this.#run(inputs);
    } finally {
      running = undefined;
    }
  }

  #checkIsAlone(): void {
    if (running === undefined) return;
    if (this.#ops.backend.binding.trace) {
      throw new EngineError('nested-trace', `running '${this.#name}' while '${running}' is being compiled: a step must not run another one.`);
    }
    throw new EngineError(
      'step-running',
      `running '${this.#name}': '${running}' has not ended; what two steps write at once would be lost in part.`,
      { tip: 'Wait for the promise of the earlier run.' },
    );
  }

  async #run(inputs: StepInputs): Promise<Tensor[]> {
    inputs.tensors.forEach((tensor, i) => this.#checkIsAlive(tensor, `argument ${i}`));
    const key = keyOf(inputs);
    let compiled = this.#compiled.get(key);
    const isNew = compiled === undefined;
    if (compiled === undefined) {
      compiled = this.#trace(inputs);
      this.#compiled.set(key, compiled);
      this.#cache.add(compiled.name, compiled, () => this.#compiled.delete(key));
    } else {
      this.#cache.touch(compiled.name);
    }
    const began = performance.now();
    const results = await this.#call(compiled, inputs);
    if (isNew) this.#stats.firstRunMs = performance.now() - began;
    this.#stats.runs++;
    return results;
  }

  stats(): StepStats {
    return { ...this.#stats };
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const { name } of this.#compiled.values()) this.#cache.remove(name);
    this.#compiled.clear();
  }

  #checkIsAlive({ isDisposed, shape }: Tensor, what: string): void {
    if (!isDisposed) return;
    throw new EngineError('disposed-tensor', `running the step '${this.#name}': its ${what} [${shape.join(', ')}] was disposed.`);
  }

  #trace(inputs: StepInputs): Compiled {
    const name = `${this.#name.replace(/\W/g, '_')}_${functions++}`;
    const compiled = traceStep(this.#ops, name, this.#f, inputs);
    if (compiled.ops >= manyOps) returnMemory();
    this.#stats = { ...this.#stats, traces: this.#stats.traces + 1, ops: compiled.ops, traceMs: compiled.traceMs };
    return compiled;
  }

  async #call(compiled: Compiled, { tensors, numbers, seeds }: StepInputs): Promise<Tensor[]> {
    const { name, variables, outputs, updated } = compiled;
    const ops = this.#ops;
    const { binding } = ops.backend;
    for (const variable of variables) this.#checkIsAlive(variable, `variable ${variable.name}`);
    const own = [
      ...(numbers.length > 0 ? [ops.constant(numbers, [numbers.length])] : []),
      ...(seeds.length > 0
        ? [
            ops.constant(
              Int32Array.from(seeds, (seed) => seed | 0),
              [seeds.length],
              'int32',
            ),
          ]
        : []),
    ];
    let results: Int32Array;
    try {
      const overwriting = ownBuffers(ops, compiled);
      const ids = Int32Array.from(ops.backend.getInputTensorIds([...own, ...tensors, ...variables]), refuseSymbol);
      results = await this.#overwrite(overwriting, () => binding.callAsync(name, ids, outputs.length + updated.length));
    } finally {
      ops.release(...own);
    }
    updated.forEach((variable, i) => replaceValue(ops, variable, results[outputs.length + i]!));
    return outputs.map(({ shape, dtype }, i) => tensorFor(ops.adopt({ id: results[i]!, shape: [...shape], dtype: ops.dtypeOf(dtype) })));
  }

  /** While `call` runs nothing else reads the variables that it writes over. When it fails it says whether they are what they were. */
  async #overwrite(ids: readonly number[], call: () => Promise<Int32Array>): Promise<Int32Array> {
    const { binding } = this.#ops.backend;
    const before = binding.updatesInPlace();
    binding.overwriting = new Set(ids);
    try {
      return await call();
    } catch (cause) {
      if (binding.updatesInPlace() === before) throw cause;
      throw new EngineError(
        'state-lost',
        `running the step '${this.#name}': it failed while it wrote over its variables; some have new values, some old ones.`,
        { tip: 'Go on from the last checkpoint.', cause },
      );
    } finally {
      binding.overwriting = new Set();
    }
  }
}

/** Gives the variables that a step writes over buffers that nothing else holds; their ids. */
function ownBuffers(ops: NativeOps, { overwritten }: Compiled): readonly number[] {
  for (const variable of overwritten) giveOwnId(ops, variable);
  const ids = overwritten.map((variable) => ops.idOf(variable));
  ops.backend.binding.ownTensors(ids);
  return ids;
}

function keyOf({ tensors, numbers, seeds }: StepInputs): string {
  return [numbers.length, seeds.length, ...tensors.map(({ dtype, shape }) => `${dtype}[${shape.join()}]`)].join(' ');
}

/** Gives a variable the tensor `id` as its value. */
function replaceValue(ops: NativeOps, variable: Variable, id: number): void {
  const data = ops.backend.tensorMap.get(variable.dataId);
  if (data.refCount === 1) {
    ops.backend.binding.deleteTensor(data.id);
    data.id = id;
    return;
  }
  // other handles keep the old value
  const next = tensorFor(ops.adopt({ id, shape: [...variable.shape], dtype: ops.dtypeOf(variable.dtype) }));
  variable.assign(next);
  next.dispose();
}
