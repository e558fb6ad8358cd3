import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../engine/backend/backend.ts';
import { dispose, memory, tensor4d, tidy } from '../../../engine/backend/tf.ts';
import { deepLabSegmentation, hrNasSegmentation, segmentationTask } from '../../../engine/tasks/segmentation.ts';
import type { SegmentationBatch } from '../../../engine/tasks/task.ts';
import { taskConformance } from '../../conformance/task.ts';

const task = segmentationTask({ classes: 3, ...hrNasSegmentation });

function batchOf(labels: number[], height: number, width: number): SegmentationBatch {
  const size = labels.length / (height * width);
  const images = new Float32Array(labels.length * 3);
  return { kind: 'segmentation', size, height, width, images, labelHeight: height, labelWidth: width, labels: Uint8Array.from(labels) };
}

/** [batch, height, width, classes] logits that are `margin` at the given class and 0 elsewhere. */
const logitsOf = (classes: number[], shape: [number, number, number], margin: number) =>
  tensor4d(
    classes.flatMap((c) => [0, 1, 2].map((k) => (k === c ? margin : 0))),
    [...shape, 3],
  );

beforeAll(async () => {
  await openBackend('wasm');
});

taskConformance({
  task,
  batch: (seed) =>
    batchOf(
      [0, 1, 2, 255, 1, 2].map((label) => (label === 255 ? label : (label + seed) % 3)),
      2,
      3,
    ),
  outputs: (batch, quality) => {
    const classes = [...batch.labels].map((label) => (quality === 'wrong' ? (label + 1) % 3 : label));
    return logitsOf(classes, [1, 2, 3], quality === 'undecided' ? 0 : 4);
  },
});

describe('segmentation loss', () => {
  it('is the mean over all pixels, ignored ones counted as 0', () => {
    // 4 pixels, uniform logits: ln 3 each; two are ignored
    const loss = tidy(() => {
      const { targets } = task.collate(batchOf([0, 255, 2, 255], 2, 2));
      return task.loss(logitsOf([0, 0, 0, 0], [1, 2, 2], 0), targets).dataSync()[0];
    });
    expect(loss).toBeCloseTo((2 * Math.log(3)) / 4, 6);
  });

  it('logits at a quarter of the size are resized to the labels', () => {
    const loss = tidy(() => {
      const { targets } = task.collate(batchOf(Array<number>(8 * 16).fill(1), 8, 16));
      return task.loss(logitsOf(Array<number>(8).fill(1), [1, 2, 4], 2), targets).dataSync()[0];
    });
    expect(loss).toBeCloseTo(Math.log(Math.exp(2) + 2) - 2, 5);
  });

  it('a batch whose arrays do not fit its sizes is refused', () => {
    expect(() => task.collate({ ...batchOf([0, 0], 1, 2), width: 3 })).toThrow(/expected 1 images of 1x3/);
  });
});

describe('segmentation collate', () => {
  it.each([3, 254])('the label %i of 3 classes is refused, not taken for ignored', (label) => {
    expect(() => task.collate(batchOf([0, label], 1, 2))).toThrow(
      expect.objectContaining({ code: 'bad-label', message: expect.stringContaining(`is ${label}`), tip: expect.any(String) }),
    );
  });
});

describe('segmentation evaluator', () => {
  it('IoU by hand: ignored pixels leave no trace, a class that never occurs is no part of the mean', async () => {
    // truth 0 0 1 255, prediction 0 1 1 1: IoU(0) = 1/2, IoU(1) = 1/2, class 2 absent
    const batch = batchOf([0, 0, 1, 255], 2, 2);
    const outputs = logitsOf([0, 1, 1, 1], [1, 2, 2], 5);
    const evaluator = task.evaluator();
    await evaluator.add(outputs, batch);
    expect(evaluator.metrics()).toEqual([{ name: 'mIoU', value: 0.5 }]);
    expect(evaluator.details()).toEqual({ classIou: [0.5, 0.5, null], pixelAccuracy: 2 / 3 });
    dispose(outputs);
  });

  it('labels of another size than the input: predictions are made at the size of the labels', async () => {
    const batch = { ...batchOf(Array<number>(8).fill(2), 2, 4), images: new Float32Array(6), height: 1, width: 2 };
    const outputs = logitsOf([2, 2], [1, 1, 2], 5);
    const evaluator = task.evaluator();
    await evaluator.add(outputs, batch);
    expect(evaluator.details()).toEqual({ classIou: [null, null, 1], pixelAccuracy: 1 });
    dispose(outputs);
  });

  it('counts add up over batches before the ratio is taken', async () => {
    const evaluator = task.evaluator();
    const before = memory().numTensors;
    for (const [truth, predicted] of [
      [0, 0],
      [0, 0],
      [0, 1],
    ] as const) {
      const outputs = logitsOf([predicted], [1, 1, 1], 5);
      await evaluator.add(outputs, batchOf([truth], 1, 1));
      dispose(outputs);
    }
    // class 0: 2 of 3, class 1: 0 of 1
    expect(evaluator.metrics()[0]!.value).toBeCloseTo(1 / 3, 12);
    expect(memory().numTensors).toBe(before);
  });

  it('a label beyond the classes is refused', async () => {
    const outputs = logitsOf([0], [1, 1, 1], 5);
    await expect(task.evaluator().add(outputs, batchOf([7], 1, 1))).rejects.toMatchObject({ code: 'metric-label' });
    dispose(outputs);
  });
});

describe('DeepLab: padded pictures and features', () => {
  const deepLab = segmentationTask({ classes: 3, ...deepLabSegmentation });

  it('the loss is the mean over labelled pixels', () => {
    const loss = tidy(() => {
      const { targets } = deepLab.collate(batchOf([0, 255, 2, 255], 2, 2));
      return deepLab.loss(logitsOf([0, 0, 0, 0], [1, 2, 2], 0), targets).dataSync()[0];
    });
    expect(loss).toBeCloseTo(Math.log(3), 6);
  });

  it('what is predicted in the padding is not judged', async () => {
    // a picture of 2x2 in an input of 3x3, whose last row and column are predicted as class 2
    const batch: SegmentationBatch = { ...batchOf([0, 1, 1, 0], 2, 2), height: 3, width: 3, images: new Float32Array(27), picture: [2, 2] };
    const outputs = logitsOf([0, 1, 2, 1, 0, 2, 2, 2, 2], [1, 3, 3], 4);
    const evaluator = deepLab.evaluator();
    await evaluator.add(outputs, batch);
    dispose(outputs);
    expect(evaluator.metrics()).toEqual([{ name: 'mIoU', value: 1 }]);
  });

  it('features stand in for pictures, and must fit their sizes', () => {
    const values = Float32Array.from({ length: 2 * 3 * 5 }, (_, i) => i);
    const features = { height: 2, width: 3, channels: 5, values };
    const batch: SegmentationBatch = { ...batchOf([0, 1], 1, 2), images: new Float32Array(0), features };
    const { inputs, targets } = deepLab.collate(batch);
    expect(inputs.shape).toEqual([1, 2, 3, 5]);
    expect([...inputs.dataSync()]).toEqual([...values]);
    dispose([inputs, ...targets]);
    expect(() => deepLab.collate({ ...batch, features: { ...features, width: 4 } })).toThrow(/maps of features of 2x4/);
  });
});
