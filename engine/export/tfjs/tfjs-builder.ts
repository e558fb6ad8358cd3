import type { Shape, WeightRef, WeightSpec } from '../../graph/model-graph.ts';
import { opWeightShape } from '../../graph/shapes.ts';
import { opWeightValues } from '../../graph/weight-values.ts';

/** Attributes as TensorFlow's GraphDef writes them in JSON; texts are base64 there. */
export type TfAttribute =
  | { readonly type: 'DT_FLOAT' | 'DT_INT32' }
  | { readonly f: number }
  | { readonly i: string }
  | { readonly b: boolean }
  | { readonly s: string }
  | { readonly list: { readonly i: readonly string[] } }
  | { readonly shape: { readonly dim: readonly { readonly size: string }[] } };

export interface TfNode {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, TfAttribute>>;
}

export interface TfTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** A value of the graph, [batch, ...shape]. */
export interface TfRef {
  readonly name: string;
  readonly shape: Shape;
}

export const tfInts = (values: readonly number[]): TfAttribute => ({ list: { i: values.map(String) } });
export const tfText = (value: string): TfAttribute => ({ s: btoa(value) });
export const tfShape = (shape: readonly number[]) => ({ shape: { dim: shape.map((size) => ({ size: String(size) })) } });
export const floatType = { type: 'DT_FLOAT' } as const;
const intType = { type: 'DT_INT32' } as const;

/** Collects nodes and tensors of a graph; the converters of the ops write with it. */
export class TfjsBuilder {
  readonly nodes: TfNode[] = [];
  readonly #tensors = new Map<string, TfTensor>();
  /** Names of weights by what they are; names themselves hold neither ':' nor ','. */
  readonly #weightNames = new Map<string, string>();
  readonly #specs: ReadonlyMap<string, WeightSpec>;
  readonly #values: (name: string) => Float32Array;
  #scope = '';
  #count = 0;

  constructor(specs: readonly WeightSpec[], values: (name: string) => Float32Array) {
    this.#specs = new Map(specs.map((spec) => [spec.name, spec]));
    this.#values = values;
  }

  get tensors(): readonly TfTensor[] {
    return [...this.#tensors.values()];
  }

  /** Names of what follows begin with the id of the node that is being written. */
  enter(scope: string): void {
    this.#scope = scope;
    this.#count = 0;
  }

  /** Adds one node with one output and returns its name. */
  node(op: string, input: readonly string[], attr: Readonly<Record<string, TfAttribute>> = {}): string {
    const name = this.#name(op);
    this.nodes.push({ name, op, input, attr: { T: floatType, ...attr } });
    return name;
  }

  floats(values: Float32Array, shape: readonly number[]): string {
    return this.#constant(this.#name('constant'), values, shape);
  }

  number(value: number): string {
    return this.floats(Float32Array.of(value), []);
  }

  integers(values: readonly number[]): string {
    return this.#constant(this.#name('constant'), Int32Array.from(values), [values.length]);
  }

  integer(value: number): string {
    return this.#constant(this.#name('constant'), Int32Array.of(value), []);
  }

  /** A weight as ops see it, sliced, after `arrange`; `form` tells its forms apart, each is in the file once. */
  weight(ref: WeightRef, form = '', arrange = (values: Float32Array, shape: Shape) => ({ values, shape })): string {
    const spec = this.#specs.get(ref.name);
    if (spec === undefined) throw new RangeError(`the graph has no weight '${ref.name}'`);
    const key = JSON.stringify([ref, form]);
    const known = this.#weightNames.get(key);
    if (known !== undefined) return known;
    const parts = [...this.#weightNames.values()].filter((name) => name.startsWith(`${spec.name}/`)).length;
    const name = `${spec.name}/${parts}`;
    this.#weightNames.set(key, name);
    const arranged = arrange(opWeightValues(spec, ref, this.#values(spec.name)), opWeightShape(spec, ref));
    return this.#constant(name, arranged.values, arranged.shape);
  }

  reshape(name: string, shape: readonly number[]): string {
    return this.node('Reshape', [name, this.integers([-1, ...shape])], { Tshape: intType });
  }

  transpose(name: string, permutation: readonly number[]): string {
    return this.node('Transpose', [name, this.integers(permutation)], { Tperm: intType });
  }

  /** `size` -1 takes all that follows. */
  slice(name: string, begin: readonly number[], size: readonly number[]): string {
    return this.node('Slice', [name, this.integers(begin), this.integers(size)], { Index: intType });
  }

  concat(names: readonly string[], axis: number): string {
    return this.node('ConcatV2', [...names, this.integer(axis)], { N: { i: String(names.length) }, Tidx: intType });
  }

  mean(name: string, axes: readonly number[]): string {
    return this.node('Mean', [name, this.integers(axes)], { keep_dims: { b: true }, Tidx: intType });
  }

  /** Zeros around: [before, after] for each axis, the batch's first. */
  pad(name: string, pads: readonly (readonly [number, number])[]): string {
    if (pads.every(([before, after]) => before === 0 && after === 0)) return name;
    const table = this.#constant(this.#name('constant'), Int32Array.from(pads.flat()), [pads.length, 2]);
    return this.node('Pad', [name, table], { Tpaddings: intType });
  }

  #name(op: string): string {
    return `${this.#scope}/${this.#count++}.${op}`;
  }

  #constant(name: string, data: Float32Array | Int32Array, shape: readonly number[]): string {
    this.#tensors.set(name, { name, shape, data });
    this.nodes.push({ name, op: 'Const', input: [], attr: { dtype: data instanceof Float32Array ? floatType : intType } });
    return name;
  }
}
