/** What a search asks of its data set and of its backend, checked before anything is created. */
import { parseArchitecture } from '../catalog.ts';
import { estimate } from '../cost/estimate.ts';
import { EngineError } from '../error.ts';
import { COCO_SIGMAS } from '../metrics/keypoints-joints.ts';
import type { SearchConfig } from './config.ts';
import { spaceOf, supernetOf, trainingGraph, trainingSize } from './network.ts';
import { systemRules } from './system-rules.ts';

/** Share of all outputs of a network that a training step holds at once: norms and activations are joined, gradients freed on the way. Measured on wasm with the published supernet. */
const heldShare = 0.65;
/** Weights, their average, two slots of the optimiser and gradients, as float32. */
const bytesAParameter = 20;

/** What is asked of the data set: the task that its samples are labelled for, and how many classes these have. */
export interface CheckedDataset {
  readonly name: string;
  readonly task: string;
  readonly classes: number;
}

/**
 * Throws EngineError 'task-differs' when the data set is labelled for another task than the search's, and 'classes-differ' unless the network
 * tells as many classes (of key points: joints, of which every such data set has COCO's) apart as it has.
 */
export function checkClasses(config: SearchConfig, dataset: CheckedDataset): void {
  const { kind } = config.data;
  if (dataset.task !== kind) {
    throw new EngineError('task-differs', `data.dataset: the search is for ${kind}, the data set '${dataset.name}' is for ${dataset.task}.`, {
      tip: `Use a data set for ${kind}, or a preset for ${dataset.task}.`,
    });
  }
  const isPose = kind === 'keypoints';
  const path = isPose ? jointsPath(config) : 'classes';
  const word = isPose ? 'joints' : 'classes';
  const count = isPose ? COCO_SIGMAS.length : dataset.classes;
  const own = systemRules[config.system].classes(config.space);
  if (own === count) return;
  throw new EngineError('classes-differ', `space.${path}: the network has ${own} ${word}, the data set '${dataset.name}' has ${count}.`, {
    tip:
      config.strategy.id === 'fixed'
        ? `Use a network for these ${word}, or another data set.`
        : `Use space.${path}=${count}, or another data set.`,
  });
}

function jointsPath({ system }: SearchConfig): 'joints' | 'classes' {
  return system === 'lite-hrnet' ? 'joints' : 'classes';
}

/** Bytes that a training step of the search's first network takes at least; of random networks the smallest counts. */
export function trainingBytes(config: SearchConfig, batchSize: number): number {
  const { strategy } = config;
  const arch =
    strategy.id === 'fixed'
      ? parseArchitecture(strategy.arch)
      : strategy.id === 'shrink'
        ? supernetOf(config)
        : spaceOf(config).smallest(config.space);
  const { activationBytes, params } = estimate(trainingGraph(config, arch));
  return bytesAParameter * params + heldShare * activationBytes * batchSize;
}

/** Throws EngineError 'batch-too-large' when the backend has no room for a training step, naming the largest batch that fits. */
export function checkMemory(config: SearchConfig, backend: { readonly id: string; readonly memoryLimit?: number }): void {
  const { memoryLimit } = backend;
  const { batchSize } = config.data;
  const size = trainingSize(config).join('x');
  if (memoryLimit === undefined || trainingBytes(config, batchSize) <= memoryLimit) return;
  const perParameter = trainingBytes(config, 0);
  const largest = Math.floor((memoryLimit - perParameter) / (trainingBytes(config, 1) - perParameter));
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
  throw new EngineError(
    'batch-too-large',
    `data.batchSize: a training step with ${batchSize} images of ${size} takes about ${gigabytes(trainingBytes(config, batchSize))}; ` +
      `the backend '${backend.id}' has ${gigabytes(memoryLimit)}. ${largest < 1 ? 'Not even one image fits.' : `The largest batch that fits is ${largest}.`}`,
    { tip: largest < 1 ? 'Use a smaller data.crop or a smaller space, or another backend.' : advice(config, largest) },
  );
}

/** As many images a step as before, where they can be shared out equally. */
function advice({ data: { batchSize }, train: { accumulate } }: SearchConfig, largest: number): string {
  const images = batchSize * accumulate;
  const size = Array.from({ length: largest }, (_, i) => largest - i).find((candidate) => images % candidate === 0) ?? 1;
  return `Use data.batchSize=${size} with train.accumulate=${images / size} (as many images a step; batch norms see fewer at once), a smaller data.crop, or another backend.`;
}
