import type { Shape, WeightRef, WeightSpec } from '../../graph/model-graph.ts';
import { opWeightShape } from '../../graph/shapes.ts';
import { opWeightValues } from '../../graph/weight-values.ts';
import type { OnnxAttribute, OnnxNode, OnnxTensor } from './model-proto.ts';

/**
 * A value of the file. Maps [height, width, channels] lie as [batch, channels, height, width], all else as here: [batch, ...shape].
 * `shape` is ours, without the batch axis.
 */
export interface OnnxRef {
  readonly name: string;
  readonly shape: Shape;
}

/** Collects nodes and tensors; the converters of the ops write with it. */
export class OnnxBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly #tensors = new Map<string, OnnxTensor>();
  readonly #specs: ReadonlyMap<string, WeightSpec>;
  readonly #values: (name: string) => Float32Array;
  #scope = '';
  #count = 0;

  constructor(specs: readonly WeightSpec[], values: (name: string) => Float32Array) {
    this.#specs = new Map(specs.map((spec) => [spec.name, spec]));
    this.#values = values;
  }

  get tensors(): readonly OnnxTensor[] {
    return [...this.#tensors.values()];
  }

  /** Names of what follows begin with the id of the node that is being written. */
  enter(scope: string): void {
    this.#scope = scope;
    this.#count = 0;
  }

  /** Adds one node with one output and returns that output's name. */
  node(op: string, inputs: readonly string[], attributes: Readonly<Record<string, OnnxAttribute>> = {}): string {
    const name = `${this.#scope}/${this.#count++}.${op}`;
    this.nodes.push({ op, name, inputs, outputs: [name], attributes });
    return name;
  }

  floats(values: Float32Array, shape: readonly number[]): string {
    return this.#constant(values, shape);
  }

  integers(values: readonly number[]): string {
    return this.#constant(BigInt64Array.from(values, BigInt), [values.length]);
  }

  /** A weight as ops see it (kernels [out, in / groups, height, width]), sliced; in the file once for each part that is used. */
  weight(ref: WeightRef): string {
    const spec = this.#spec(ref);
    const name = ref.slices === undefined ? spec.name : `${spec.name}[${JSON.stringify(ref.slices)}]`;
    if (!this.#tensors.has(name)) {
      this.#tensors.set(name, { name, shape: opWeightShape(spec, ref), data: opWeightValues(spec, ref, this.#values(spec.name)) });
    }
    return name;
  }

  /** The elements of a weight as `weight` writes them, for converters that store it in another form. */
  weightValues(ref: WeightRef): { readonly shape: Shape; readonly values: Float32Array } {
    const spec = this.#spec(ref);
    return { shape: opWeightShape(spec, ref), values: opWeightValues(spec, ref, this.#values(spec.name)) };
  }

  /** Our order of axes, [batch, ...shape], of a value that lies channels first. */
  channelsLast({ name, shape }: OnnxRef): string {
    return shape.length === 3 ? this.node('Transpose', [name], { perm: [0, 2, 3, 1] }) : name;
  }

  /** The way back. */
  channelsFirst(name: string, shape: Shape): string {
    return shape.length === 3 ? this.node('Transpose', [name], { perm: [0, 3, 1, 2] }) : name;
  }

  reshape(name: string, shape: readonly number[]): string {
    return this.node('Reshape', [name, this.integers(shape)]);
  }

  #constant(data: Float32Array | BigInt64Array, shape: readonly number[]): string {
    const name = `${this.#scope}/${this.#count++}.constant`;
    this.#tensors.set(name, { name, shape, data });
    return name;
  }

  #spec({ name }: WeightRef): WeightSpec {
    const spec = this.#specs.get(name);
    if (spec === undefined) throw new RangeError(`the graph has no weight '${name}'`);
    return spec;
  }
}

/** Where the channels of a value of this shape lie in the file. */
export function channelAxis(shape: Shape): number {
  return shape.length === 3 ? 1 : shape.length;
}
