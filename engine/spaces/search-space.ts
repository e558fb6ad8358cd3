import type { ModelGraph, Shape } from '../graph/model-graph.ts';
import type { Rng } from '../rng.ts';

export type SettingValue = string | number | boolean | readonly SettingValue[] | { readonly [key: string]: SettingValue };

/**
 * The genotype. `settings` holds what is fixed before a search (task, classes, head, block form, topology), `choices` what a search decides.
 * A choice holds the value itself where it is numeric, else an index into the options that `choices(settings)` lists.
 */
export interface Architecture {
  readonly space: string;
  readonly version: number;
  readonly settings: Readonly<Record<string, SettingValue>>;
  readonly choices: Readonly<Record<string, number>>;
}

export interface Choice {
  /** Dotted path, outer to inner: 'fuse2.0.1.k3'. */
  readonly name: string;
  /** Numeric range, both ends included; or the numbers that are allowed, largest first; or named options. */
  readonly range?: readonly [number, number];
  readonly values?: readonly number[];
  readonly options?: readonly string[];
  readonly description?: string;
}

export interface Problem {
  /** Path of the value: 'choices.fuse2.0.1.k3'. */
  readonly path: string;
  readonly message: string;
}

export interface PublishedArchitecture {
  readonly name: string;
  readonly arch: Architecture;
  readonly source: string;
}

/**
 * Sub-networks over one set of weights: `weights` are those of `graph(largest(settings), input)`, with its names and shapes, and the nodes
 * refer to slices of them. What `graph` of the space gives is the same network on weights of its own.
 */
export interface SharedWeightGraphs {
  graph(arch: Architecture, input: Shape): ModelGraph;
  trainingGraph(arch: Architecture, input: Shape): ModelGraph;
}

/** One system's space. Pure: no tensors, no files. */
export interface SearchSpace {
  readonly id: string;
  readonly title: string;
  readonly version: number;
  readonly defaultSettings: Architecture['settings'];
  choices(settings: Architecture['settings']): readonly Choice[];
  largest(settings: Architecture['settings']): Architecture;
  smallest(settings: Architecture['settings']): Architecture;
  sample(settings: Architecture['settings'], rng: Rng): Architecture;
  /** A valid architecture that differs from a valid one in one choice, where the space draws that in a way of its own. */
  mutate?(arch: Architecture, rng: Rng): Architecture;
  /** The form in which equal networks are equal. */
  canonical(arch: Architecture): Architecture;
  /** All problems together; empty when the architecture is valid. */
  check(arch: Architecture): readonly Problem[];
  /** `input` is [height, width, channels]. Throws EngineError when `check` finds a problem. */
  graph(arch: Architecture, input: Shape): ModelGraph;
  /** The same weights as they are trained, where that differs: outputs of auxiliary heads come after the main one. */
  trainingGraph?(arch: Architecture, input: Shape): ModelGraph;
  /** The network as the final recipe trains it, where that has other layers than the searched one; undefined where it is the same. */
  retrainForm?(arch: Architecture): Architecture | undefined;
  /** Spaces whose sub-networks share the weights of the largest network. */
  readonly shared?: SharedWeightGraphs;
  /** How many different networks there are, where that is not the product of what the choices offer. */
  countNetworks?(settings: Architecture['settings']): bigint;
  /** What the official repository counts in place of MACs, where that differs from `macs`, the true number for this input. */
  officialCount?(arch: Architecture, input: Shape, macs: number): number;
  readonly published: readonly PublishedArchitecture[];
  /** Default input [height, width, channels] of the published settings. */
  defaultInput(settings: Architecture['settings']): Shape;
  /** `settings` are what the notation does not say. */
  importOfficial(value: unknown, tokens?: unknown, settings?: Architecture['settings']): Architecture;
  exportOfficial(arch: Architecture): unknown;
}
