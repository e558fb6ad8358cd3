import type { AxisSlice, ModelGraph, Shape, WeightRef } from './model-graph.ts';
import { sameShape } from './shapes.ts';

/** Which part of a shared weight stands for one of the shape `own`; undefined takes the first entries of every axis that is longer. */
export type SliceRule = (name: string, own: Shape, shared: Shape) => readonly (AxisSlice | undefined)[] | undefined;

/**
 * A sub-network over the weights of a larger network: the nodes of `graph` refer to slices of the weights of `owner`, which has all of
 * their names. What has the same shape in both is used whole.
 */
export function shareWeights(graph: ModelGraph, owner: Pick<ModelGraph, 'weights'>, rule: SliceRule = () => undefined): ModelGraph {
  const own = new Map(graph.weights.map((spec) => [spec.name, spec.shape]));
  const shared = new Map(owner.weights.map((spec) => [spec.name, spec.shape]));
  const part = (ref: WeightRef): WeightRef => {
    const shape = own.get(ref.name) ?? [];
    const whole = shared.get(ref.name);
    if (whole === undefined) throw new RangeError(`the larger network has no weight ${ref.name}`);
    if (sameShape(shape, whole)) return ref;
    if (ref.slices !== undefined) throw new RangeError(`weight ${ref.name} is sliced already`);
    return { ...ref, slices: rule(ref.name, shape, whole) ?? firstEntries(shape, whole) };
  };
  const nodes = graph.nodes.map((node) => {
    return { ...node, weights: Object.fromEntries(Object.entries(node.weights).map(([role, ref]) => [role, part(ref)])) };
  });
  return { ...graph, nodes, weights: owner.weights };
}

/** Prefix slices where an axis of the shared weight is longer. */
export function firstEntries(own: Shape, shared: Shape): (AxisSlice | undefined)[] {
  return own.map((length, axis) => (length === shared[axis] ? undefined : { kind: 'prefix', length }));
}
