import { expect, it } from 'vitest';
import { assembleKeypoints } from '../../../datasets/assemble-keypoints.ts';
import type { KeypointsBatch } from '../../../datasets/batch.ts';
import { MIRROR_OF } from '../../../datasets/coco-keypoints/joints.ts';
import { annotate } from '../../../datasets/coco-keypoints/synthesize/annotate.ts';
import { paintScene, type SceneSeed } from '../../../datasets/coco-keypoints/synthesize/scene.ts';
import type { KeypointsSample } from '../../../datasets/source.ts';
import { cocoEvaluation, cocoTraining, type KeypointsTransform } from '../../../datasets/transforms/keypoints.ts';
import { openBackend } from '../../../engine/backend/backend.ts';
import { concat, dispose, gather, slice, tensor1d, type Tensor4D } from '../../../engine/backend/tf.ts';
import type { KeypointsTruth } from '../../../engine/metrics/keypoints-truth.ts';
import { initialValues } from '../../../engine/run/initial-values.ts';
import { inferenceMode, run } from '../../../engine/run/run.ts';
import { Weights } from '../../../engine/run/weights.ts';
import { liteHrNet } from '../../../engine/spaces/lite-hrnet/lite-hrnet.ts';
import { keypointsTask } from '../../../engine/tasks/keypoints.ts';
import { createOptimizer } from '../../../engine/train/optimizers/optimizer.ts';
import { TrainState } from '../../../engine/train/train-state.ts';
import { TrainingStep } from '../../../engine/train/training-step.ts';

const inputSize = [96, 64] as const;
const steps = 160;

/** Persons that cover enough of their picture, each as a sample of its own. */
function drawPersons(count: number): readonly KeypointsSample[] {
  const samples: KeypointsSample[] = [];
  for (let index = 0; samples.length < count; index++) {
    const job: SceneSeed = { seed: 0, split: 'train', index, style: 'plain', height: 120, width: 160 };
    const scene = paintScene(job);
    const whole = annotate(scene, job, index + 1).find(({ num_keypoints }) => num_keypoints >= 14);
    if (whole === undefined) continue;
    const { id, bbox: box, keypoints, area: areaPx2, num_keypoints: labelledJoints } = whole;
    const person = { id, box, keypoints, areaPx2, isCrowd: false, labelledJoints, score: 1 };
    const rgb = new Uint8Array(scene.canvas.rgb);
    samples.push({ kind: 'keypoints', key: `${index}`, height: 120, width: 160, rgb, imageId: index + 1, persons: [person] });
  }
  return samples;
}

function batchOf(samples: readonly KeypointsSample[], transform: KeypointsTransform, epoch: number): KeypointsBatch {
  const items = samples.map((_, index) => ({ split: 'train', index, epoch }));
  return assembleKeypoints(epoch, items, samples, transform, 0);
}

it('slow: a network that has learnt a few persons loses average precision when its flip test takes wrong pairs', async () => {
  await openBackend('wasm');
  const samples = drawPersons(8);
  const persons = samples.flatMap(({ imageId, persons: [person] }) => ({ ...person!, imageId }));
  const truth: KeypointsTruth = { imageIds: samples.map(({ imageId }) => imageId), persons };
  const task = keypointsTask({ joints: 17, lossFactor: 1, flipTest: true, visibleThreshold: 0.2, nmsThreshold: 0.9 }, truth);
  const settings = { inputSize, branches: [2], fuse: [true], maxModules: 1, maxBlocks: 1, widths: [[40], [80]], ratios: [8] };
  const graph = liteHrNet.graph(liteHrNet.largest(settings), [...inputSize, 3]);
  const optimizer = createOptimizer({ id: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
  const state = TrainState.create(new Weights(graph.weights, initialValues(3)), optimizer.slots);
  const step = new TrainingStep({ graph, state, optimizer, loss: task.loss }, 'eager');
  const still = { scaleFactor: 0, rotationDegrees: 0, halfBody: { probability: 0, minJoints: 8 } };
  const changes = { ...cocoTraining, ...still, centreJitter: { probability: 0, share: 0 }, inputSize, sigma: 1 };
  for (let t = 0; t < steps; t++) {
    const batch = task.collate(batchOf(samples, changes, t));
    const learningRate = t < 0.8 * steps ? 6e-3 : 6e-4;
    await step.run([batch], { learningRate, step: t + 1, weightDecay: 0, averageDecay: 0, l1: new Map(), dropoutSeeds: [t] });
    dispose([batch.inputs, ...batch.targets]);
  }
  const batch = batchOf(samples, { ...cocoEvaluation, inputSize, sigma: 1 }, 0);
  const inputs = task.evaluationInputs(batch);
  const [outputs] = run(graph, state.weights, { [graph.inputs[0]!.id]: inputs }, inferenceMode).outputs as [Tensor4D];
  const apOf = async (maps: Tensor4D): Promise<number> => {
    const evaluator = task.evaluator();
    await evaluator.add(maps, batch);
    return evaluator.metrics()[0]!.value;
  };
  // swapped once more before the evaluation swaps them: no pair of the mirror images is swapped
  const [size, ...map] = [samples.length, ...outputs.shape.slice(1)] as [number, number, number, number];
  const mirrored = gather(slice(outputs, [size, 0, 0, 0], [size, ...map]), tensor1d([...MIRROR_OF], 'int32'), 3);
  const wrong = concat([slice(outputs, [0, 0, 0, 0], [size, ...map]), mirrored], 0) as Tensor4D;
  const [right, unswapped] = [await apOf(outputs), await apOf(wrong)];
  expect(right).toBeGreaterThan(0.3);
  expect(right - unswapped).toBeGreaterThan(0.1);
  step.dispose();
  state.dispose();
  dispose([inputs, outputs, mirrored, wrong]);
}, 120_000);
