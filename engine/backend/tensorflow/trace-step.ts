/** The tracing of a step: the graph that one run of its function records, made into a function of TensorFlow's. */
import { engine } from '@tensorflow/tfjs';
import type { DataType, Tensor, TensorInfo, Variable } from '@tensorflow/tfjs';
import { EngineError } from '../../error.ts';
import { share, tensorFor, tidy } from '../internals.ts';
import { currentScope, enterScope } from '../scope.ts';
import type { StepFunction, StepInputs } from '../steps.ts';
import { conflictCode } from './in-place.ts';
import type { NativeOps } from './native-backend.ts';
import { refuseSymbol, Trace } from './recorder.ts';

interface Output {
  readonly shape: number[];
  readonly dtype: DataType;
}

/** A function of TensorFlow's: arguments are the step's own, then `variables`; results are `outputs`, then the new values of `updated`. */
export interface Compiled {
  readonly name: string;
  readonly variables: readonly Variable[];
  readonly outputs: readonly Output[];
  readonly updated: readonly Variable[];
  /** Those of `variables` that the function writes over. */
  readonly overwritten: readonly Variable[];
  readonly ops: number;
  readonly constantBytes: number;
  readonly traceMs: number;
}

function allVariables(): ReadonlyMap<string, Variable> {
  return new Map(Object.entries(engine().state.registeredVariables));
}

/** Records one run. Variables have their values from before afterwards, also when the function throws. */
export function traceStep(ops: NativeOps, name: string, f: StepFunction, inputs: StepInputs): Compiled {
  if (ops.backend.binding.isUsingGpuDevice()) return record(ops, name, f, inputs, false);
  try {
    return record(ops, name, f, inputs, true);
  } catch (error) {
    if (!(error instanceof EngineError && error.code === conflictCode)) throw error;
    return record(ops, name, f, inputs, false);
  }
}

function record(ops: NativeOps, name: string, f: StepFunction, inputs: StepInputs, isInPlace: boolean): Compiled {
  const { binding } = ops.backend;
  const began = performance.now();
  const before = allVariables();
  for (const variable of before.values()) giveOwnId(ops, variable);
  const byId = new Map([...before.values()].map((variable) => [ops.idOf(variable), variable]));
  const values = new Map([...before.values()].map((variable) => [variable, share(variable as Tensor)]));
  inputs.tensors.forEach((tensor) => refuseSymbol(ops.idOf(tensor)));
  const describe = (id: number): { shape: readonly number[]; dtype: number } | undefined => {
    const variable = byId.get(id);
    return variable && { shape: variable.shape, dtype: ops.dtypeOf(variable.dtype) };
  };
  const trace = new Trace(binding, describe, isInPlace);
  binding.trace = trace;
  const restoreRandom = refuseRandom();
  const ownKeep = trackKept();
  const outerScope = currentScope();
  let isDone = false;
  try {
    let recorded: Pick<Compiled, 'outputs' | 'updated'> | undefined;
    tidy(() => {
      const { refs, tensors, numbers, seeds } = placeArguments(ops, trace, inputs);
      const results = f(tensors, numbers, seeds);
      const [made] = variablesSince(before);
      if (made) throw variableMade(name, made);
      const updated = [...values].filter(([variable, value]) => variable.dataId !== value.dataId).map(([variable]) => variable);
      recorded = finishGraph(ops, trace, name, refs, results, updated);
    });
    const variables = trace.captures.map(({ id }) => byId.get(id)!);
    const overwritten = trace.overwritten.map(({ id }) => byId.get(id)!);
    isDone = true;
    const { ops: count, constantBytes } = trace;
    return { ...recorded!, name, variables, overwritten, ops: count, constantBytes, traceMs: performance.now() - began };
  } finally {
    restoreRandom();
    enterScope(outerScope);
    const kept = ownKeep();
    for (const variable of variablesSince(before)) variable.dispose();
    if (!isDone) for (const tensor of kept) tensor.dispose();
    for (const [variable, value] of values) {
      if (variable.dataId !== value.dataId) variable.assign(value);
      value.dispose();
    }
    binding.trace = undefined;
    trace.end();
  }
}

function variablesSince(before: ReadonlyMap<string, Variable>): Variable[] {
  return [...allVariables().values()].filter((variable) => before.get(variable.name) !== variable);
}

/**
 * A variable whose values another handle shares gets an id of its own: by its id the trace knows a variable from others and from tensors that
 * keep what the variable was.
 */
export function giveOwnId(ops: NativeOps, variable: Variable): void {
  if (ops.backend.tensorMap.get(variable.dataId).refCount === 1) return;
  const own = tensorFor(ops.run('Identity', [variable], [ops.attr.type('T', ops.dtypeOf(variable.dtype))]));
  variable.assign(own);
  own.dispose();
}

/** Notes what is kept from here on; the result ends that and gives the tensors. */
function trackKept(): () => readonly Tensor[] {
  const source = engine() as unknown as { keep(tensor: Tensor): Tensor };
  const { keep } = source;
  const kept: Tensor[] = [];
  source.keep = (tensor): Tensor => {
    kept.push(tensor);
    return keep.call(source, tensor);
  };
  return () => {
    source.keep = keep;
    return kept;
  };
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
    refs.push(trace.refOf(id));
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
  const ids = values.map((tensor) => ops.idOf(tensor));
  const refs = ids.map((id) => trace.resultOf(id));
  const inputRefs = [...argumentRefs, ...trace.captures.map(({ ref }) => ref)];
  const isInput = new Set(inputRefs);
  const outputRefs = refs.map((ref, i) => {
    if (!isInput.has(ref)) return ref;
    // an output must not be an input itself
    const copy = trace.add('Identity', [ops.attr.type('T', ops.dtypeOf(values[i]!.dtype))], [ids[i]!], 1);
    return trace.refOf(copy[0]!.id);
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
