/**
 * A network as data. Every reader of a network (execution, MACs, parameters, drawing, diff, export, weight names) reads this one structure.
 *
 * Shapes of nodes leave the batch axis out: an image feature map is [height, width, channels], a token matrix [tokens, width],
 * a vector [channels]. Weight shapes are the official ones (PyTorch: OIHW, [out, in]; TensorFlow: HWIO); `layout` says how a weight is
 * turned into ours.
 */

export type Shape = readonly number[];

/** The fill rule of a weight, and how it takes part in training: see tests/fixtures/reference/README.md. */
export type WeightKind =
  'weight' | 'sparse_weight' | 'norm_weight' | 'norm_bias' | 'bias' | 'running_mean' | 'running_var' | 'count' | 'other';

/** How the official tensor is laid out; ours are HWIO, [kernelHeight, kernelWidth, channels, 1] and [in, out]. */
export type WeightLayout = 'oihw' | 'depthwise-oihw' | 'hwio' | 'depthwise-hwio' | 'oi' | 'as-is';

export interface WeightSpec {
  /** The official parameter name. */
  readonly name: string;
  /** Official shape. */
  readonly shape: Shape;
  readonly kind: WeightKind;
  readonly layout: WeightLayout;
  /** False for what the official network owns but never runs; it still counts as a parameter. */
  readonly isRun: boolean;
  /** How the official network draws it before training, where that differs from what its kind and shape say. */
  readonly initial?: InitialDraw;
  /** Never decays in the official training, whatever its shape says (DeepLab's depthwise kernels). */
  readonly isDecayed?: false;
  /** What the official training multiplies its gradient by (DeepLab: 2 for biases); left out: 1. */
  readonly gradientFactor?: number;
}

/**
 * Normal with this standard deviation; the same, drawn again where it lies beyond two of them (the one named is that before the cut);
 * or uniform within [-scale, scale].
 */
export interface InitialDraw {
  readonly distribution: 'normal' | 'truncated-normal' | 'uniform';
  readonly scale: number;
}

/** A part of a shared weight along one axis of its official shape. */
export type AxisSlice =
  | { readonly kind: 'prefix'; readonly length: number }
  | { readonly kind: 'indices'; readonly indices: readonly number[] }
  /** Concatenation of half-open ranges [start, end). */
  | { readonly kind: 'ranges'; readonly ranges: readonly (readonly [number, number])[] };

export interface WeightRef {
  readonly name: string;
  /** One entry an axis of the official shape; undefined takes the whole axis. */
  readonly slices?: readonly (AxisSlice | undefined)[];
}

export type AttrValue = number | string | boolean | readonly number[];

export interface GraphNode {
  readonly id: string;
  readonly op: string;
  /** Ids of nodes or of graph inputs. */
  readonly inputs: readonly string[];
  readonly attrs: Readonly<Record<string, AttrValue>>;
  /** By role: 'kernel', 'bias', 'gamma', 'beta', 'mean', 'variance', ... */
  readonly weights: Readonly<Record<string, WeightRef>>;
  /** Dotted path, outer to inner: 'stage2.branch1.block0'. */
  readonly scope: string;
  /** Output shape without the batch axis. */
  readonly shape: Shape;
}

export interface GraphInput {
  readonly id: string;
  readonly shape: Shape;
}

export interface ModelGraph {
  readonly inputs: readonly GraphInput[];
  /** Topological order. */
  readonly nodes: readonly GraphNode[];
  /** Ids of the nodes that are results. */
  readonly outputs: readonly string[];
  /** Every weight and buffer in official registration order. */
  readonly weights: readonly WeightSpec[];
  /** Output nodes of official modules by their name ('features.0'): where a difference to an official figure begins. */
  readonly modules?: Readonly<Record<string, readonly string[]>>;
}

export function isLearned(kind: WeightKind): boolean {
  return kind !== 'running_mean' && kind !== 'running_var' && kind !== 'count';
}
