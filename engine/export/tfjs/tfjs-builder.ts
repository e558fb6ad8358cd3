import type { Shape, WeightRef } from '../../graph/model-graph.ts';
import { ExportBuilder } from '../export-builder.ts';
import type { ExportRef } from '../export-builder.ts';

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
export type TfRef = ExportRef;

export const tfInts = (values: readonly number[]): TfAttribute => ({ list: { i: values.map(String) } });
export const tfText = (value: string): TfAttribute => ({ s: btoa(value) });
export const tfShape = (shape: readonly number[]) => ({ shape: { dim: shape.map((size) => ({ size: String(size) })) } });
export const floatType = { type: 'DT_FLOAT' } as const;
const intType = { type: 'DT_INT32' } as const;

/** Collects nodes and tensors of a graph; the converters of the ops write with it. */
export class TfjsBuilder extends ExportBuilder<TfTensor> {
  readonly nodes: TfNode[] = [];
  /** Names of weights by what they are; names themselves hold neither ':' nor ','. */
  readonly #weightNames = new Map<string, string>();

  /** Adds one node with one output and returns its name. */
  node(op: string, input: readonly string[], attr: Readonly<Record<string, TfAttribute>> = {}): string {
    const name = this.nextName(op);
    this.nodes.push({ name, op, input, attr: { T: floatType, ...attr } });
    return name;
  }

  floats(values: Float32Array, shape: readonly number[]): string {
    return this.#constant(this.nextName('constant'), values, shape);
  }

  number(value: number): string {
    return this.floats(Float32Array.of(value), []);
  }

  integers(values: readonly number[]): string {
    return this.#constant(this.nextName('constant'), Int32Array.from(values), [values.length]);
  }

  integer(value: number): string {
    return this.#constant(this.nextName('constant'), Int32Array.of(value), []);
  }

  /** A weight as ops see it, sliced, after `arrange`; `form` tells its forms apart, each is in the file once. */
  weight(ref: WeightRef, form = '', arrange = (values: Float32Array, shape: Shape) => ({ values, shape })): string {
    const key = JSON.stringify([ref, form]);
    const known = this.#weightNames.get(key);
    if (known !== undefined) return known;
    const parts = [...this.#weightNames.values()].filter((name) => name.startsWith(`${ref.name}/`)).length;
    const name = `${ref.name}/${parts}`;
    this.#weightNames.set(key, name);
    const { shape, values } = this.weightValues(ref);
    const arranged = arrange(values, shape);
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
    const table = this.#constant(this.nextName('constant'), Int32Array.from(pads.flat()), [pads.length, 2]);
    return this.node('Pad', [name, table], { Tpaddings: intType });
  }

  #constant(name: string, data: Float32Array | Int32Array, shape: readonly number[]): string {
    this.add({ name, shape, data });
    this.nodes.push({ name, op: 'Const', input: [], attr: { dtype: data instanceof Float32Array ? floatType : intType } });
    return name;
  }
}
