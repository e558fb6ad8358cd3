import type { ModelGraph } from '../../graph/model-graph.ts';
import { initialValues } from '../../run/initial-values.ts';
import type { SafetensorsEntry } from '../../run/safetensors.ts';
import { Weights } from '../../run/weights.ts';
import type { Architecture } from '../../spaces/search-space.ts';
import type { SearchConfig, TrainConfig } from '../config.ts';
import type { SearchEvent } from '../events.ts';
import { evaluationGraph, trainingGraph } from '../network.ts';
import type { SearchParts } from '../parts.ts';

/**
 * What the phases of one kind train and rank: which part of a network, on which batches, at which rates. Everything else about a training
 * is the same for all phases.
 */
export interface Recipe extends Pick<SearchParts, 'trainBatch' | 'calibrationBatch' | 'evaluation'> {
  readonly train: TrainConfig;
  /** The network for training crops; its weights are those that are trained, saved and loaded. */
  trainingGraph(arch: Architecture): ModelGraph;
  /** The network for the batches of `evaluation`; it has the same weights. */
  evaluationGraph(arch: Architecture): ModelGraph;
  /** New weights of `trainingGraph`; the same seed gives the same. The caller disposes them. */
  newWeights(arch: Architecture, seed: number): Promise<Weights>;
  /** What the weight file of a trial holds: all of its network, whichever part of it was trained. */
  trialEntries(arch: Architecture, weights: Weights): Promise<readonly SafetensorsEntry[]>;
  /** What is to be said at the end of a phase. */
  logs(): readonly Extract<SearchEvent, { type: 'log' }>[];
  dispose(): Promise<void>;
}

/** Whole networks on pictures, from new weights. */
export function wholeRecipe(config: SearchConfig, parts: SearchParts): Recipe {
  return {
    train: config.train,
    trainBatch: (index) => parts.trainBatch(index),
    calibrationBatch: (index) => parts.calibrationBatch(index),
    evaluation: parts.evaluation,
    trainingGraph: (arch) => trainingGraph(config, arch),
    evaluationGraph: (arch) => evaluationGraph(config, arch),
    newWeights: (arch, seed) => Promise.resolve(new Weights(trainingGraph(config, arch).weights, initialValues(seed))),
    trialEntries: (_arch, weights) => weights.entries(),
    logs: () => [],
    dispose: () => Promise.resolve(),
  };
}
