import type { Shape, WeightRef, WeightSpec } from '../graph/model-graph.ts';
import { opWeightShape } from '../graph/shapes.ts';
import { opWeightValues } from '../graph/weight-values.ts';

/** A value of the file that is being written. `shape` is ours, without the batch axis. */
export interface ExportRef {
  readonly name: string;
  readonly shape: Shape;
}

/** What builders of foreign formats share: the tensors of the file, names by the node that is being written, and the weights of the graph. */
export abstract class ExportBuilder<Tensor extends { readonly name: string }> {
  readonly #tensors = new Map<string, Tensor>();
  readonly #specs: ReadonlyMap<string, WeightSpec>;
  readonly #values: (name: string) => Float32Array;
  #scope = '';
  #count = 0;

  /** `values` gives each weight's elements in official layout. */
  constructor(specs: readonly WeightSpec[], values: (name: string) => Float32Array) {
    this.#specs = new Map(specs.map((spec) => [spec.name, spec]));
    this.#values = values;
  }

  get tensors(): readonly Tensor[] {
    return [...this.#tensors.values()];
  }

  /** Names of what follows begin with the id of the node that is being written. */
  enter(scope: string): void {
    this.#scope = scope;
    this.#count = 0;
  }

  /** The elements of a weight as ops see it (kernels [out, in / groups, height, width]), sliced. */
  weightValues(ref: WeightRef): { readonly shape: Shape; readonly values: Float32Array } {
    const spec = this.#specs.get(ref.name);
    if (spec === undefined) throw new RangeError(`the graph has no weight '${ref.name}'`);
    return { shape: opWeightShape(spec, ref), values: opWeightValues(spec, ref, this.#values(spec.name)) };
  }

  protected nextName(op: string): string {
    return `${this.#scope}/${this.#count++}.${op}`;
  }

  protected has(name: string): boolean {
    return this.#tensors.has(name);
  }

  protected add(tensor: Tensor): string {
    this.#tensors.set(tensor.name, tensor);
    return tensor.name;
  }
}
