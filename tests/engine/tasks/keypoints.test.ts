import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../engine/backend/backend.ts';
import { dispose, memory, tensor4d, tidy } from '../../../engine/backend/tf.ts';
import type { KeypointsTruth } from '../../../engine/metrics/keypoints-truth.ts';
import { keypointsTask, type KeypointsOptions } from '../../../engine/tasks/keypoints.ts';
import type { KeypointsBatch } from '../../../engine/tasks/task.ts';
import { taskConformance } from '../../conformance/task.ts';

const joints = 17;
const [heatHeight, heatWidth] = [9, 7];
const options: KeypointsOptions = { joints, lossFactor: 1, flipTest: false, visibleThreshold: 0.2, nmsThreshold: 0.9 };

/** Joint j of person p lies on pixel [x, y] of its maps; both persons' crops are 7 x 9 maps of 10 px. */
const pixelOf = (joint: number): readonly [number, number] => [(joint % 4) + 1, Math.floor(joint / 4) * 2];
const centres = [
  [200, 300],
  [500, 300],
] as const;
const truth: KeypointsTruth = {
  imageIds: [4],
  persons: centres.map(([x, y], i) => ({
    id: i + 1,
    imageId: 4,
    box: [x - 35, y - 45, 70, 90],
    areaPx2: 6300,
    isCrowd: false,
    labelledJoints: joints,
    keypoints: Array.from({ length: joints }, (_, joint) => pixelOf(joint))
      .map(([column, row]) => [x + (column - heatWidth / 2) * 10, y + (row - heatHeight / 2) * 10, 2])
      .flat(),
  })),
};

/** [persons, heatHeight, heatWidth, joints] with a peak where `place` says. */
function maps(persons: number, place: (joint: number) => readonly [number, number], peak: number): Float32Array {
  const values = new Float32Array(persons * heatHeight * heatWidth * joints);
  for (let person = 0; person < persons; person++) {
    for (let joint = 0; joint < joints; joint++) {
      const [x, y] = place(joint);
      values[((person * heatHeight + y) * heatWidth + x) * joints + joint] = peak;
    }
  }
  return values;
}

function batchOf(seed: number, weights: number[] = Array<number>(joints).fill(1)): KeypointsBatch {
  return {
    kind: 'keypoints',
    size: 2,
    height: 2,
    width: 3,
    images: Float32Array.from({ length: 36 }, (_, i) => i + seed),
    heatHeight,
    heatWidth,
    joints,
    targets: maps(2, pixelOf, 1),
    targetWeights: Float32Array.from([...weights, ...weights]),
    persons: centres.map((centre) => ({ imageId: 4, centre, scale: [0.35, 0.45], score: 1 })),
  };
}

beforeAll(async () => {
  await openBackend('wasm');
});

taskConformance({
  task: keypointsTask(options, truth),
  batch: (seed) => batchOf(seed),
  outputs: (_, quality) => {
    // a wrong map is a sure one: it comes before those that are right
    const values = quality === 'right' ? maps(2, pixelOf, 1) : quality === 'wrong' ? maps(2, () => [6, 8], 2) : maps(2, pixelOf, 0);
    return tensor4d(values, [2, heatHeight, heatWidth, joints]);
  },
});

describe('key points loss', () => {
  const lossOf = (lossFactor: 0.5 | 1, weights: number[]): number =>
    tidy(() => {
      const task = keypointsTask({ ...options, lossFactor });
      const { targets } = task.collate(batchOf(0, weights));
      return task.loss(tensor4d(maps(2, pixelOf, 4), [2, heatHeight, heatWidth, joints]), targets).dataSync()[0]!;
    });

  it('is the mean over all pixels of (weight x difference)^2; unlabelled joints count as 0', () => {
    // one pixel of 63 is off by 3; of 17 joints two have no weight and one a weight of 2
    const weights = Array.from({ length: joints }, (_, joint) => (joint < 2 ? 0 : joint === 2 ? 2 : 1));
    const expected = (9 * (14 + 4)) / 63 / joints;
    expect(lossOf(1, weights)).toBeCloseTo(expected, 6);
    expect(lossOf(0.5, weights)).toBeCloseTo(expected / 2, 6);
  });

  it('over many maps wasm is as near to the exact mean as float32 allows', () => {
    const shape = [8, 24, 16, joints] as [number, number, number, number];
    const length = shape.reduce((product, side) => product * side, 1);
    const targets = Float32Array.from({ length }, (_, i) => Math.exp(-((i % 97) ** 2) / 50));
    const outputs = Float32Array.from(targets, (_, i) => 0.004 * Math.sin(i * 12.9898));
    const loss = tidy(() =>
      keypointsTask(options)
        .loss(tensor4d(outputs, shape), [tensor4d(targets, shape), tensor4d(new Float32Array(8 * joints).fill(1), [8, 1, 1, joints])])
        .dataSync(),
    )[0]!;
    const exact = outputs.reduce((sum, value, i) => sum + (value - targets[i]!) ** 2, 0) / length;
    expect(Math.abs(loss - exact) / exact).toBeLessThan(5e-6);
  });

  it('a batch for other joints is refused', () => {
    expect(() => keypointsTask({ ...options, joints: 16 }).collate(batchOf(0))).toThrow(expect.objectContaining({ code: 'bad-batch' }));
  });
});

describe('key points evaluation', () => {
  it('shows the pictures, and with the flip test their mirror images behind them', () => {
    const [plain, flipped] = [false, true].map((flipTest) => {
      const inputs = keypointsTask({ ...options, flipTest }).evaluationInputs(batchOf(0));
      const read = { shape: inputs.shape, values: [...inputs.dataSync()] };
      dispose(inputs);
      return read;
    });
    expect(plain!.shape).toEqual([2, 2, 3, 3]);
    expect(flipped!.shape).toEqual([4, 2, 3, 3]);
    expect(flipped!.values.slice(0, 36)).toEqual(plain!.values);
    expect(flipped!.values.slice(36, 45)).toEqual([6, 7, 8, 3, 4, 5, 0, 1, 2]);
  });

  it('with the flip test a network that answers a mirrored picture by mirrored maps of swapped joints, one pixel left, scores 1', async () => {
    const mirror = [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15];
    const mirrored = maps(2, (joint) => [heatWidth - pixelOf(mirror[joint]!)[0], pixelOf(mirror[joint]!)[1]], 1);
    const outputs = tensor4d([...maps(2, pixelOf, 1), ...mirrored], [4, heatHeight, heatWidth, joints]);
    const evaluator = keypointsTask({ ...options, flipTest: true }, truth).evaluator();
    await evaluator.add(outputs, batchOf(0));
    dispose(outputs);
    expect(evaluator.metrics()).toEqual([{ name: 'AP', value: 1 }]);
  });

  it('details: the other nine figures and those of each joint; null where nothing counts', async () => {
    const evaluator = keypointsTask(options, truth).evaluator();
    const before = memory().numTensors;
    const outputs = tensor4d(maps(2, pixelOf, 1), [2, heatHeight, heatWidth, joints]);
    await evaluator.add(outputs, batchOf(0));
    dispose(outputs);
    expect(memory().numTensors).toBe(before);
    const details = evaluator.details();
    expect(Object.keys(details)).toEqual(['AP50', 'AP75', 'APM', 'APL', 'AR', 'AR50', 'AR75', 'ARM', 'ARL', 'joints']);
    // 6300 px2 is medium; nobody is large
    expect(details).toMatchObject({ AP50: 1, APM: 1, APL: null, ARL: null, joints: { labelled: Array<number>(joints).fill(2) } });
  });

  it('without labelled persons, for other joints, or with maps of another shape: refused', async () => {
    expect(() => keypointsTask(options).evaluator()).toThrow(expect.objectContaining({ code: 'no-truth' }));
    expect(() => keypointsTask({ ...options, joints: 16 }, truth).evaluator()).toThrow(expect.objectContaining({ code: 'no-metric' }));
    const outputs = tensor4d(new Float32Array(heatHeight * heatWidth * joints), [1, heatHeight, heatWidth, joints]);
    await expect(keypointsTask(options, truth).evaluator().add(outputs, batchOf(0))).rejects.toMatchObject({ code: 'bad-output' });
    dispose(outputs);
  });
});
