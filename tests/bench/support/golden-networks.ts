/** Networks of the golden files with filled weights, the files' input stream and losses, and their systems' optimisers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '../../../engine/backend/tf.ts';
import type { ModelGraph } from '../../../engine/graph/model-graph.ts';
import { hash32, mulberry32 } from '../../../engine/rng.ts';
import { fillImages } from '../../../engine/run/fill.ts';
import type { OptimizerOptions } from '../../../engine/train/optimizers/optimizer.ts';
import { inputOf } from '../../../engine/verify/check-structure.ts';
import { dpcNetwork } from '../../../engine/verify/dpc-network.ts';
import { isDpcReference, parseDpcReference } from '../../../engine/verify/dpc-reference.ts';
import { parseGoldenFile } from '../../../engine/verify/golden-file.ts';
import { networksOf } from '../../../engine/verify/systems.ts';

/** The optimiser of pytorch/catalogue.py. */
export interface Recipe {
  readonly optimizer: OptimizerOptions;
  readonly learningRate: number;
  /** Coupled. */
  readonly weightDecay: number;
}

const moments = { beta1: 0.9, beta2: 0.999 };

/** By system. */
const recipes = {
  'hr-nas': { optimizer: { id: 'adam', ...moments, epsilon: 1e-3 }, learningRate: 1e-3, weightDecay: 1e-5 },
  'lite-hrnet': { optimizer: { id: 'adam', ...moments, epsilon: 1e-8 }, learningRate: 2e-3, weightDecay: 0 },
  'vit-resnas': { optimizer: { id: 'adamw', ...moments, epsilon: 1e-8, decoupledWeightDecay: 0.05 }, learningRate: 1e-4, weightDecay: 0 },
  dpc: { optimizer: { id: 'sgd', momentum: 0.9, nesterov: false }, learningRate: 1e-2, weightDecay: 4e-5 },
} as const satisfies Readonly<Record<string, Recipe>>;

export interface GoldenCase {
  readonly graph: ModelGraph;
  /** [batch, height, width, channels] */
  readonly images: tf.Tensor;
  readonly recipe: Recipe;
  readonly lossInWords: string;
}

/** `file` as in 'hr-nas/cityscapes-cs2', at the size of the file's first evaluation. */
export function goldenCase(file: string, batch: number): GoldenCase {
  const path = join(import.meta.dirname, '../../fixtures/reference', `${file}.json`);
  const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (isDpcReference(value)) return dpcCase(value, file, batch);
  const golden = parseGoldenFile(value, file);
  const [, ...size] = golden.eval[0]!.inputShape as readonly [number, number, number, number];
  const shape = [batch, ...size] as const;
  const images = fillImages(shape);
  return {
    graph: networksOf(golden.system, file)(golden)(inputOf(shape), 'training'),
    images: tf.tensor(images.values, [...images.shape]),
    recipe: recipes[golden.system as keyof typeof recipes],
    lossInWords: golden.train?.loss ?? 'mean cross entropy',
  };
}

/** Images are 255 u, drawn over NHWC, rounded to float32 and scaled to [-1, 1). */
function dpcCase(value: unknown, file: string, batch: number): GoldenCase {
  const reference = parseDpcReference(value, file);
  const [, ...size] = reference.input.shape;
  const shape = [batch, ...size];
  const uniform = mulberry32(hash32('input'));
  const pixels = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => Math.fround(255 * uniform()) / 127.5 - 1);
  return {
    graph: dpcNetwork(reference)(size),
    images: tf.tensor(pixels, shape),
    recipe: recipes.dpc,
    lossInWords: 'mean cross entropy',
  };
}
