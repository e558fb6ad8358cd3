/**
 * What TensorFlow.js's kernels for native TensorFlow call: every op is executed at once, or, while a step is being traced, becomes a node
 * of a graph. Ids above those of tensors, symbols, stand for outputs of nodes.
 */
import { EngineError } from '../../error.ts';
import { currentScope } from '../scope.ts';
import { InPlaceUpdates } from './in-place.ts';
import type { NativeArray, NativeAttribute, NativeBinding, NativeTensor } from './binding.ts';

/** Far above the ids of tensors. */
const symbolBase = 2 ** 31;

/** Counted over all traces, so that a tensor that outlives its trace is not taken for one of another. */
let symbols = symbolBase;

function isSymbol(id: number): boolean {
  return id >= symbolBase;
}

/** The id of a tensor that has values; throws EngineError 'value-in-trace' for one that a trace left. */
export function refuseSymbol(id: number): number {
  if (isSymbol(id)) throw unknownValue();
  return id;
}

/** A tensor from outside that a traced step reads: an argument of the function. */
export interface Capture {
  readonly id: number;
  /** The node that stands for it. */
  readonly ref: number;
}

interface Fresh {
  readonly shape: readonly number[];
  readonly dtype: number;
  readonly data: unknown;
}

/** One trace: the graph, and what it read from outside. */
export class Trace {
  readonly graph: number;
  readonly captures: Capture[] = [];
  readonly #binding: NativeBinding;
  /** The nodes of this graph, by the ids of tensors and symbols. */
  readonly #refs = new Map<number, number>();
  readonly #fresh = new Map<number, Fresh>();
  readonly #isMutable: (id: number) => { readonly shape: readonly number[]; readonly dtype: number } | undefined;
  /** Tensors that were let go of during the trace; they are needed until its end. */
  readonly #released: number[] = [];
  /** Outputs without a fixed shape, and what made them: nothing may read them. */
  readonly #shapeless = new Map<number, string>();
  readonly #updates: InPlaceUpdates;
  #ops = 0;
  #constantBytes = 0;

  /**
   * `mutable` describes the tensors that differ from run to run: variables. Everything else that is read is a constant. `isInPlace`: whether
   * updates may write over variables.
   */
  constructor(
    binding: NativeBinding,
    mutable: (id: number) => { readonly shape: readonly number[]; readonly dtype: number } | undefined,
    isInPlace = false,
  ) {
    this.#binding = binding;
    this.#isMutable = mutable;
    this.graph = binding.graphNew();
    this.#updates = new InPlaceUpdates(isInPlace, (nodes) => binding.graphBarrier(this.graph, nodes));
  }

  get ops(): number {
    return this.#ops;
  }

  /** Of the constants that the graph holds. */
  get constantBytes(): number {
    return this.#constantBytes;
  }

  /** A new argument of the function; the id stands for it. */
  placeholder(dtype: number, shape: readonly number[]): number {
    return this.#symbolFor(this.#binding.graphPlaceholder(this.graph, dtype, shape));
  }

  #symbolFor(ref: number): number {
    const id = symbols++;
    this.#refs.set(id, ref);
    return id;
  }

  created(id: number, fresh: Fresh): void {
    this.#fresh.set(id, fresh);
  }

  /** Captures that updates write over. */
  get overwritten(): readonly Capture[] {
    return this.captures.filter(({ ref }) => this.#updates.written.has(ref));
  }

  /** The node of a result; throws EngineError 'in-place-conflict' when an update has written over it. */
  resultOf(id: number): number {
    const ref = this.refOf(id);
    this.#updates.checkRead(ref);
    return ref;
  }

  released(id: number): void {
    if (!isSymbol(id)) this.#released.push(id);
    else if (this.#refs.has(id)) this.#updates.released(this.#refs.get(id)!);
  }

  add(name: string, attributes: readonly NativeAttribute[], inputs: readonly number[], outputs: number): NativeTensor[] {
    this.#ops++;
    const refs = inputs.map((id) => this.refOf(id));
    const scope = currentScope();
    const placement = this.#updates.place(name, refs);
    const all = placement.isInPlace ? [...attributes, { name: 'in_place', type: this.#binding.TF_ATTR_BOOL, value: true }] : attributes;
    const results = this.#binding.graphOp(this.graph, name, all, refs, outputs, scope, placement.after);
    this.#updates.added(
      name,
      refs,
      results.map(({ id }) => id),
      placement,
    );
    return results.map(({ id, shape, dtype }) => {
      if (shape.some((size) => size < 0)) this.#shapeless.set(id, `${name}${scope && ` of ${scope}`}`);
      return { id: this.#symbolFor(id), shape, dtype };
    });
  }

  /** The node that stands for a tensor. */
  refOf(id: number): number {
    const known = this.#refs.get(id);
    if (known !== undefined) {
      if (this.#shapeless.size > 0) this.#checkShape(known);
      return known;
    }
    if (isSymbol(id)) throw capturedTensor();
    const ref = this.#adopt(id);
    this.#refs.set(id, ref);
    return ref;
  }

  #checkShape(ref: number): void {
    const origin = this.#shapeless.get(ref);
    if (origin === undefined) return;
    throw new EngineError(
      'unknown-shape',
      `compiling a step: the shape of an output of ${origin} depends on values; a compiled step needs fixed shapes.`,
      { tip: 'Compute it outside of the step, or leave the step uncompiled.' },
    );
  }

  #adopt(id: number): number {
    const variable = this.#isMutable(id);
    if (variable) {
      const ref = this.#binding.graphPlaceholder(this.graph, variable.dtype, variable.shape);
      this.captures.push({ id, ref });
      this.#updates.variable(ref, variable.shape);
      return ref;
    }
    const fresh = this.#fresh.get(id);
    if (fresh) {
      if (ArrayBuffer.isView(fresh.data)) this.#constantBytes += fresh.data.byteLength;
      return this.#binding.graphConst(this.graph, fresh.dtype, fresh.shape, fresh.data);
    }
    throw capturedTensor();
  }

  /** Frees the graph and what was let go of. */
  end(): void {
    this.#binding.graphDelete(this.graph);
    for (const id of this.#released) this.#binding.deleteTensor(id);
  }
}

/** The binding with two faces. Its prototype is the addon itself, so that constants and all other functions are there. */
export type Recorder = NativeBinding & {
  trace: Trace | undefined;
  /** Tensors that a running step writes into: nothing else may read them. */
  overwriting: ReadonlySet<number>;
};

/** Axes that an output may have. */
const mostAxes = 8;

/** Executes ops through one array, which costs less than objects from the addon. */
class Exchange {
  readonly #binding: NativeBinding;
  #room = new Int32Array(256);

  constructor(binding: NativeBinding) {
    this.#binding = binding;
  }

  run(name: string, attributes: readonly NativeAttribute[], inputs: readonly number[], outputs: number): NativeTensor[] {
    const needed = Math.max(inputs.length, outputs * (3 + mostAxes));
    if (this.#room.length < needed) this.#room = new Int32Array(needed);
    const room = this.#room;
    for (let i = 0; i < inputs.length; i++) room[i] = inputs[i]!;
    const count = this.#binding.executeWith(name, attributes, inputs.length, outputs, room);
    const results: NativeTensor[] = [];
    let place = count;
    for (let i = 0; i < count; i++) {
      const dtype = room[place++]!;
      const rank = room[place++]!;
      const shape: number[] = [];
      for (let axis = 0; axis < rank; axis++) shape.push(room[place++]!);
      results.push({ id: room[i]!, shape, dtype });
    }
    return results;
  }
}

const noIds: ReadonlySet<number> = new Set();

export function createRecorder(binding: NativeBinding): Recorder {
  const exchange = new Exchange(binding);
  const own = {
    trace: undefined as Trace | undefined,
    overwriting: noIds,
    createTensor(shape: readonly number[], dtype: number, data: unknown): number {
      const id = binding.createTensor(shape, dtype, data);
      own.trace?.created(id, { shape, dtype, data });
      return id;
    },
    deleteTensor(id: number): void {
      if (own.trace) own.trace.released(id);
      else if (!isSymbol(id)) binding.deleteTensor(id);
    },
    tensorDataSync(id: number): NativeArray {
      if (own.overwriting.has(id)) throw beingWritten();
      return binding.tensorDataSync(refuseSymbol(id));
    },
    executeOp(name: string, attributes: readonly NativeAttribute[], inputs: readonly number[], outputs: number): NativeTensor[] {
      if (own.trace) return own.trace.add(name, attributes, inputs, outputs);
      if (inputs.some(isSymbol)) throw unknownValue();
      if (own.overwriting.size > 0 && inputs.some((id) => own.overwriting.has(id))) throw beingWritten();
      try {
        return exchange.run(name, attributes, inputs, outputs);
      } catch (cause) {
        throw withScope(cause);
      }
    },
  };
  return Object.setPrototypeOf(own, binding) as Recorder;
}

export function capturedTensor(): EngineError {
  return new EngineError(
    'captured-tensor',
    `compiling a step: ${currentScope() || 'an op'} reads a tensor that is neither an argument, nor a variable, nor made inside of the step; its present values would be frozen.`,
    { tip: 'Hand it to the step as an argument.' },
  );
}

function beingWritten(): EngineError {
  return new EngineError('step-running', `${currentScope() || 'an op'} reads a variable that a running step is writing.`, {
    tip: 'Wait for the promise of the run.',
  });
}

/** The addon's errors name op and shapes; where in the network that was is known here. */
function withScope(cause: unknown): unknown {
  const scope = currentScope();
  if (scope !== '' && cause instanceof Error) cause.message = `${scope}: ${cause.message}`;
  return cause;
}

function unknownValue(): EngineError {
  const scope = currentScope();
  return new EngineError(
    'value-in-trace',
    `compiling a step: the value of a tensor${scope && ` of ${scope}`} was asked for, which is not known before the step runs.`,
    { tip: 'Return the tensor from the step and read it afterwards.' },
  );
}
