import { EngineError } from '../error.ts';
import { isLearned, type AxisSlice, type WeightRef, type WeightSpec } from '../graph/model-graph.ts';
import { elementCount, formatShape, slicedShape } from '../graph/shapes.ts';
import type { WeightMove } from '../graph/weight-move.ts';
import * as tf from '../backend/tf.ts';
import { axisOrder, ownShape, toOfficialLayout, toOwnLayout } from '../graph/weight-layout.ts';
import type { SafetensorsEntry } from './safetensors.ts';

/**
 * The named variables of one network (or of a supernet and all its sub-networks), in our layout. Counters of batch norms are plain numbers.
 * Owns its variables: call `dispose`.
 */
export class Weights {
  #specs = new Map<string, WeightSpec>();
  #list: readonly WeightSpec[] = [];
  #variables = new Map<string, tf.Variable>();
  #counters = new Map<string, number>();

  /** `values` gives each weight's elements in official layout. */
  constructor(specs: readonly WeightSpec[], values: (spec: WeightSpec) => Float32Array) {
    this.#describe(specs);
    for (const spec of specs) {
      if (spec.kind === 'count') this.#counters.set(spec.name, values(spec)[0] ?? 0);
      else this.#variables.set(spec.name, createVariable(spec, values(spec)));
    }
  }

  /** In official order. */
  get specs(): readonly WeightSpec[] {
    return this.#list;
  }

  #describe(specs: readonly WeightSpec[]): void {
    this.#specs = new Map(specs.map((spec) => [spec.name, spec]));
    this.#list = [...this.#specs.values()];
  }

  spec(name: string): WeightSpec {
    const spec = this.#specs.get(name);
    if (spec === undefined) throw unknownWeight(name);
    return spec;
  }

  /** The variable itself, in our layout; it stays owned by these weights. */
  get(name: string): tf.Variable {
    const variable = this.#variables.get(name);
    if (variable === undefined) throw unknownWeight(name);
    return variable;
  }

  /** What a node works with: the variable, or a differentiable slice of it (owned by the caller's tidy). */
  take(ref: WeightRef): tf.Tensor {
    const variable = this.get(ref.name);
    return ref.slices === undefined ? variable : sliceVariable(variable, this.spec(ref.name), ref.slices);
  }

  /** Names of what is trained, in official order; what the network owns and never runs is left out. */
  learnedNames(): string[] {
    return this.specs.filter((spec) => isLearned(spec.kind) && spec.isRun).map((spec) => spec.name);
  }

  counter(name: string): number | undefined {
    return this.#counters.get(name);
  }

  setCounter(name: string, value: number): void {
    if (!this.#counters.has(name)) throw unknownWeight(name);
    this.#counters.set(name, value);
  }

  /** Elements in official layout. */
  async read(name: string): Promise<Float32Array> {
    const spec = this.spec(name);
    if (spec.kind === 'count') return Float32Array.of(this.#counters.get(name) ?? 0);
    return toOfficialLayout(spec.layout, spec.shape, (await this.get(name).data()) as Float32Array);
  }

  /** Overwrites one weight with elements in official layout. */
  write(name: string, values: Float32Array): void {
    const spec = this.spec(name);
    if (spec.kind === 'count') return this.setCounter(name, values[0] ?? 0);
    checkLength(spec, values);
    const next = tf.tensor(toOwnLayout(spec.layout, spec.shape, values), ownShape(spec.layout, spec.shape));
    this.get(name).assign(next);
    next.dispose();
  }

  /** Everything in official order and layout, ready for a safetensors file; `prefix` goes before every name. */
  async entries(prefix = ''): Promise<SafetensorsEntry[]> {
    const entries: SafetensorsEntry[] = [];
    for (const spec of this.specs) {
      const name = prefix + spec.name;
      if (spec.kind === 'count')
        entries.push({ name, dtype: 'I64', shape: [], data: BigInt64Array.of(BigInt(this.#counters.get(spec.name) ?? 0)) });
      else entries.push({ name, dtype: 'F32', shape: spec.shape, data: await this.read(spec.name) });
    }
    return entries;
  }

  /** A copy with variables of its own. */
  clone(): Weights {
    const copy = new Weights([], () => new Float32Array());
    copy.#describe(this.#list);
    for (const [name, variable] of this.#variables) copy.#variables.set(name, copyVariable(variable));
    copy.#counters = new Map(this.#counters);
    return copy;
  }

  /**
   * Compacts in place to the weights of a smaller network: `moves` says where each of `specs` comes from.
   * Slots and averages of an optimiser follow with `moveVariables` under the same moves; call it with the specs from before.
   */
  shrink(specs: readonly WeightSpec[], moves: readonly WeightMove[]): void {
    const sources = new Map(moves.map((move) => [move.to, move]));
    const missing = specs.find((spec) => !sources.has(spec.name));
    if (missing !== undefined) throw new EngineError('bad-shrink', `shrinking weights: nothing says where ${missing.name} comes from.`);
    this.#variables = moveVariables(this.#variables, this.#specs, moves);
    this.#counters = new Map(
      specs.filter((spec) => spec.kind === 'count').map((spec) => [spec.name, this.#counters.get(sources.get(spec.name)!.from) ?? 0]),
    );
    this.#describe(specs);
    for (const spec of specs) {
      if (spec.kind !== 'count') checkShape(spec, this.get(spec.name));
    }
  }

  dispose(): void {
    for (const variable of this.#variables.values()) variable.dispose();
    this.#variables.clear();
    this.#counters.clear();
    this.#describe([]);
  }
}

/**
 * Applies moves to variables keyed by weight name (weights, optimiser slots, averages): slices what is sliced, renames what moves,
 * disposes what is dropped. Names without a variable are skipped. `specs` describe the weights before the move.
 * The result owns the variables; the given table must not be used any more.
 */
export function moveVariables(
  variables: ReadonlyMap<string, tf.Variable>,
  specs: ReadonlyMap<string, WeightSpec>,
  moves: readonly WeightMove[],
): Map<string, tf.Variable> {
  const result = new Map<string, tf.Variable>();
  const kept = new Set<tf.Variable>();
  for (const { from, to, slices } of moves) {
    const source = variables.get(from);
    if (source === undefined) continue;
    const spec = specs.get(from);
    if (spec === undefined) throw unknownWeight(from);
    if (slices !== undefined) {
      const sliced = tf.tidy(() => sliceVariable(source, spec, slices));
      result.set(to, tf.variable(sliced, source.trainable));
      sliced.dispose();
    } else if (kept.has(source)) {
      result.set(to, copyVariable(source));
    } else {
      kept.add(source);
      result.set(to, source);
    }
  }
  for (const variable of variables.values()) {
    if (!kept.has(variable)) variable.dispose();
  }
  return result;
}

function createVariable(spec: WeightSpec, values: Float32Array): tf.Variable {
  checkLength(spec, values);
  const value = tf.tensor(toOwnLayout(spec.layout, spec.shape, values), ownShape(spec.layout, spec.shape), 'float32');
  const variable = tf.variable(value, isLearned(spec.kind));
  value.dispose();
  return variable;
}

function copyVariable(source: tf.Variable): tf.Variable {
  const zeros = tf.zerosLike(source); // a copy of its own, whatever the backend shares between handles
  const copied = tf.add(source, zeros);
  const variable = tf.variable(copied, source.trainable);
  zeros.dispose();
  copied.dispose();
  return variable;
}

function sliceVariable(variable: tf.Tensor, spec: WeightSpec, slices: readonly (AxisSlice | undefined)[]): tf.Tensor {
  slicedShape(spec.shape, { name: spec.name, slices }); // refuses what does not fit
  return axisOrder(spec.layout, spec.shape.length).reduce((value, officialAxis, axis) => {
    const slice = slices[officialAxis];
    return slice === undefined ? value : sliceAxis(value, axis, slice);
  }, variable);
}

function sliceAxis(value: tf.Tensor, axis: number, slice: AxisSlice): tf.Tensor {
  const range = ([start, end]: readonly [number, number]): tf.Tensor => {
    const begin = value.shape.map((_, i) => (i === axis ? start : 0));
    return tf.slice(
      value,
      begin,
      value.shape.map((length, i) => (i === axis ? end - start : length)),
    );
  };
  switch (slice.kind) {
    case 'prefix':
      return range([0, slice.length]);
    case 'ranges':
      return slice.ranges.length === 1 ? range(slice.ranges[0]!) : tf.concat(slice.ranges.map(range), axis);
    case 'indices':
      return tf.gather(value, tf.tensor1d([...slice.indices], 'int32'), axis);
  }
}

function checkLength(spec: WeightSpec, values: Float32Array): void {
  if (values.length !== elementCount(spec.shape)) {
    throw new EngineError('bad-weights', `weight ${spec.name} has shape ${formatShape(spec.shape)}, ${values.length} values came.`);
  }
}

function checkShape(spec: WeightSpec, variable: tf.Variable): void {
  const expected = ownShape(spec.layout, spec.shape);
  if (formatShape(expected) !== formatShape(variable.shape)) {
    const came = formatShape(variable.shape);
    throw new EngineError('bad-shrink', `shrinking weights: ${spec.name} should have shape ${formatShape(expected)}, ${came} came.`);
  }
}

function unknownWeight(name: string): EngineError {
  return new EngineError('unknown-weight', `the weights hold no '${name}'.`, { tip: 'Were they made for another architecture?' });
}
