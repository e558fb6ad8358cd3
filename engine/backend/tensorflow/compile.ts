/** Compiled steps: one run of the function is recorded into a graph, which TensorFlow then runs as one call. */
import { engine } from '@tensorflow/tfjs';
import type { DataType, Tensor, TensorInfo, Variable } from '@tensorflow/tfjs';
import { EngineError } from '../../error.ts';
import { share, tensorFor, tidy } from '../internals.ts';
import type { Step, StepFunction, StepInputs, StepStats } from '../steps.ts';
import type { FunctionCache } from './function-cache.ts';
import type { NativeOps } from './native-backend.ts';
import { symbolBase, Trace } from './recorder.ts';

interface Output {
  readonly shape: number[];
  readonly dtype: DataType;
}

/** A function of TensorFlow's: arguments are the step's own, then `variables`; results are `outputs`, then the new values of `updated`. */
interface Compiled {
  readonly name: string;
  readonly variables: readonly Variable[];
  readonly outputs: readonly Output[];
  readonly updated: readonly Variable[];
  readonly ops: number;
  readonly traceMs: number;
}

let functions = 0;

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
    const key = keyOf(inputs);
    let compiled = this.#compiled.get(key);
    const isNew = compiled === undefined;
    if (compiled === undefined) {
      compiled = this.#trace(inputs);
      this.#compiled.set(key, compiled);
      this.#cache.add(compiled.name, compiled.ops, () => this.#compiled.delete(key));
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

  #trace(inputs: StepInputs): Compiled {
    const name = `${this.#name.replace(/\W/g, '_')}_${functions++}`;
    const compiled = traceStep(this.#ops, name, this.#f, inputs);
    this.#stats = { ...this.#stats, traces: this.#stats.traces + 1, ops: compiled.ops, traceMs: compiled.traceMs };
    return compiled;
  }

  async #call({ name, variables, outputs, updated }: Compiled, { tensors, numbers, seeds }: StepInputs): Promise<Tensor[]> {
    const ops = this.#ops;
    const { binding } = ops.backend;
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
      const ids = Int32Array.from(ops.backend.getInputTensorIds([...own, ...tensors, ...variables]));
      results = await binding.callAsync(name, ids, outputs.length + updated.length);
    } finally {
      ops.release(...own);
    }
    updated.forEach((variable, i) => replaceValue(ops, variable, results[outputs.length + i]!));
    return outputs.map(({ shape, dtype }, i) => tensorFor(ops.adopt({ id: results[i]!, shape: [...shape], dtype: ops.dtypeOf(dtype) })));
  }
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

function allVariables(): ReadonlyMap<string, Variable> {
  return new Map(Object.entries(engine().state.registeredVariables));
}

/** Records one run. Variables have their values from before afterwards, also when the function throws. */
function traceStep(ops: NativeOps, name: string, f: StepFunction, inputs: StepInputs): Compiled {
  const { binding } = ops.backend;
  const began = performance.now();
  if (binding.trace)
    throw new EngineError('nested-trace', `compiling '${name}': another step is being compiled; a step must not run another one.`);
  const before = allVariables();
  const byId = new Map([...before.values()].map((variable) => [ops.idOf(variable), variable]));
  const values = new Map([...before.values()].map((variable) => [variable, share(variable as Tensor)]));
  inputs.tensors.forEach((tensor) => ops.idOf(tensor));
  const trace = new Trace(binding, (id) => {
    const variable = byId.get(id);
    return variable && { shape: variable.shape, dtype: ops.dtypeOf(variable.dtype) };
  });
  binding.trace = trace;
  const restoreRandom = refuseRandom();
  const made: Variable[] = [];
  try {
    let recorded: Pick<Compiled, 'outputs' | 'updated'> | undefined;
    tidy(() => {
      const { refs, tensors, numbers, seeds } = placeArguments(ops, trace, inputs);
      const results = f(tensors, numbers, seeds);
      made.push(...[...allVariables().values()].filter((variable) => !before.has(variable.name)));
      if (made[0]) throw variableMade(name, made[0]);
      const updated = [...values].filter(([variable, value]) => variable.dataId !== value.dataId).map(([variable]) => variable);
      recorded = finishGraph(ops, trace, name, refs, results, updated);
    });
    const variables = trace.captures.map(({ id }) => byId.get(id)!);
    return { ...recorded!, name, variables, ops: trace.ops, traceMs: performance.now() - began };
  } finally {
    restoreRandom();
    for (const variable of made) variable.dispose();
    for (const [variable, value] of values) {
      if (variable.dataId !== value.dataId) variable.assign(value);
      value.dispose();
    }
    binding.trace = undefined;
    trace.end();
  }
}

interface Arguments {
  readonly refs: readonly number[];
  readonly tensors: readonly Tensor[];
  readonly numbers: Parameters<StepFunction>[1];
  readonly seeds: Parameters<StepFunction>[2];
}

function placeArguments(ops: NativeOps, trace: Trace, { tensors, numbers, seeds }: StepInputs): Arguments {
  const refs: number[] = [];
  const place = (shape: readonly number[], dtype: DataType): TensorInfo => {
    const code = ops.dtypeOf(dtype);
    const id = trace.placeholder(code, shape);
    refs.push(id - symbolBase);
    return ops.adopt({ id, shape: [...shape], dtype: code });
  };
  const scalars = (count: number, dtype: 'float32' | 'int32'): Tensor[] => {
    if (count === 0) return [];
    const list = place([count], dtype);
    const attributes = [ops.attr.int('num', count), ops.attr.type('T', ops.dtypeOf(dtype)), ops.attr.int('axis', 0)];
    return ops.runAll('Unpack', [list], attributes, count).map((info) => tensorFor(info));
  };
  return {
    numbers: scalars(numbers.length, 'float32') as Arguments['numbers'],
    seeds: scalars(seeds.length, 'int32') as Arguments['seeds'],
    tensors: tensors.map(({ shape, dtype }) => tensorFor(place(shape, dtype))),
    refs,
  };
}

function finishGraph(
  ops: NativeOps,
  trace: Trace,
  name: string,
  argumentRefs: readonly number[],
  results: readonly Tensor[],
  updated: readonly Variable[],
): Pick<Compiled, 'outputs' | 'updated'> {
  const { binding } = ops.backend;
  const values = [...results, ...updated];
  const refs = values.map((tensor) => trace.refOf(ops.idOf(tensor)));
  const inputRefs = [...argumentRefs, ...trace.captures.map(({ ref }) => ref)];
  const isInput = new Set(inputRefs);
  const outputRefs = refs.map((ref, i) => {
    if (!isInput.has(ref)) return ref;
    // an output must not be an input itself
    const copy = trace.add('Identity', [ops.attr.type('T', ops.dtypeOf(values[i]!.dtype))], [ref + symbolBase], 1);
    return copy[0]!.id - symbolBase;
  });
  binding.graphToFunction(trace.graph, name, inputRefs, outputRefs);
  return { outputs: results.map(({ shape, dtype }) => ({ shape, dtype })), updated };
}

function variableMade(name: string, { name: variable, shape }: Variable): EngineError {
  return new EngineError(
    'variable-in-trace',
    `compiling '${name}': it makes the variable ${variable} [${shape.join(', ')}]; variables and optimiser slots must exist before the first run, else each run would start anew.`,
  );
}

/** While a step is recorded a random number of JavaScript's would become a constant of the graph. */
function refuseRandom(): () => void {
  const source = Math as { random: () => number };
  const { random } = source;
  source.random = (): number => {
    throw new EngineError(
      'random-in-trace',
      'compiling a step: a random number was drawn in JavaScript, which would be the same in every run.',
      {
        tip: 'Draw with a seed that is an argument of the step.',
      },
    );
  };
  return () => {
    source.random = random;
  };
}
