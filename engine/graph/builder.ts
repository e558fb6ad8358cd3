import { EngineError } from '../error.ts';
import type { AttrValue, GraphInput, GraphNode, ModelGraph, Shape, WeightRef, WeightSpec } from './model-graph.ts';
import { opDefinitions } from './ops/table.ts';
import { formatShape, opWeightShape } from './shapes.ts';

/** A node or input of the graph under construction. */
export interface Value {
  readonly id: string;
  /** Without the batch axis. */
  readonly shape: Shape;
}

export interface NodeRequest {
  readonly op: string;
  readonly inputs: readonly Value[];
  readonly attrs?: Readonly<Record<string, AttrValue>>;
  readonly weights?: Readonly<Record<string, WeightRef>>;
  /** Last part of the node's id; the op's name where it is left out. */
  readonly name?: string;
}

/**
 * Builds a ModelGraph node by node. Shapes are checked as nodes are added, so a bad network is refused where it is written,
 * with the scope of the layer in the message (EngineError 'bad-graph').
 */
export class GraphBuilder {
  readonly #inputs: GraphInput[] = [];
  readonly #nodes: GraphNode[] = [];
  readonly #specs = new Map<string, WeightSpec>();
  readonly #ids = new Map<string, number>();
  readonly #modules: Record<string, readonly string[]> = {};
  readonly #scopes: string[] = [];

  input(id: string, shape: Shape): Value {
    if (!shape.every((length) => Number.isInteger(length) && length > 0)) {
      throw this.#error(`input '${id}' must have positive whole lengths, ${formatShape(shape)} came`);
    }
    const value = { id: this.#uniqueId(id), shape };
    this.#inputs.push(value);
    return value;
  }

  /** Runs `build` with `scope` as the next part of the dotted path. */
  scoped<T>(scope: string, build: () => T): T {
    this.#scopes.push(scope);
    try {
      return build();
    } finally {
      this.#scopes.pop();
    }
  }

  /** Registers a weight; the order of these calls is the official order unless `build` is told otherwise. A second registration must agree. */
  weight(spec: WeightSpec): WeightRef {
    const known = this.#specs.get(spec.name);
    if (known === undefined) {
      this.#specs.set(spec.name, spec);
    } else if (formatShape(known.shape) !== formatShape(spec.shape) || known.kind !== spec.kind) {
      throw this.#error(
        `weight ${spec.name} is registered with shape ${formatShape(known.shape)} and again with ${formatShape(spec.shape)}`,
      );
    }
    return { name: spec.name };
  }

  node(request: NodeRequest): Value {
    const { op, inputs, attrs = {}, weights = {} } = request;
    const definition = opDefinitions.get(op);
    if (definition === undefined) throw this.#error(`there is no op '${op}'`);
    const scope = this.#scopes.join('.');
    let shape: Shape;
    try {
      const weightShapes = Object.entries(weights).map(([role, ref]) => [role, this.#shapeOf(ref)] as const);
      shape = definition.shape({ inputs: inputs.map((input) => input.shape), attrs, weights: Object.fromEntries(weightShapes) });
    } catch (cause) {
      if (cause instanceof RangeError) throw this.#error(`${op}: ${cause.message}`, cause);
      throw cause;
    }
    const name = request.name ?? op;
    const id = this.#uniqueId(scope === '' ? name : `${scope}.${name}`);
    this.#nodes.push({ id, op, inputs: inputs.map((input) => input.id), attrs, weights, scope, shape });
    return { id, shape };
  }

  /** Names the outputs of an official module. */
  module(name: string, outputs: readonly Value[]): void {
    this.#modules[name] = outputs.map((output) => output.id);
  }

  /** `weightRank` groups the weights where the official network registers its parts in another order than they are built here (stable). */
  build(outputs: readonly Value[], weightRank?: (name: string) => number): ModelGraph {
    const weights = [...this.#specs.values()];
    if (weightRank !== undefined) weights.sort((a, b) => weightRank(a.name) - weightRank(b.name));
    return { inputs: this.#inputs, nodes: this.#nodes, outputs: outputs.map((output) => output.id), weights, modules: this.#modules };
  }

  #shapeOf(ref: WeightRef): Shape {
    const spec = this.#specs.get(ref.name);
    if (spec === undefined) throw new RangeError(`weight ${ref.name} was not registered`);
    return opWeightShape(spec, ref);
  }

  #uniqueId(wanted: string): string {
    const uses = this.#ids.get(wanted) ?? 0;
    this.#ids.set(wanted, uses + 1);
    return uses === 0 ? wanted : this.#uniqueId(`${wanted}~${uses + 1}`);
  }

  #error(message: string, cause?: unknown): EngineError {
    const scope = this.#scopes.join('.');
    return new EngineError('bad-graph', scope === '' ? `building a network: ${message}` : `building ${scope}: ${message}`, { cause });
  }
}
