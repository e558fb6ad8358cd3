import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../engine/backend/backend.ts';
import { findInstalled } from '../../../engine/backend/tensorflow/installed.ts';
import * as tf from '../../../engine/backend/tf.ts';
import { GraphBuilder } from '../../../engine/graph/builder.ts';
import * as layers from '../../../engine/graph/layers.ts';
import { fillValues } from '../../../engine/run/fill.ts';
import { Recalibration } from '../../../engine/run/recalibration.ts';
import { Weights } from '../../../engine/run/weights.ts';

/** A norm that runs once and one that runs twice in a pass. */
function network() {
  const builder = new GraphBuilder();
  const norm = { epsilon: 1e-3, momentum: 0.25 };
  const x = layers.batchNorm(builder, builder.input('input', [5, 6, 3]), 'once', norm);
  const y = layers.batchNorm(builder, layers.activate(builder, x, 'swish'), 'twice', norm);
  return builder.build([layers.batchNorm(builder, layers.activate(builder, y, 'relu'), 'twice', norm)]);
}

async function recalibrated(mode: tf.StepMode): Promise<unknown> {
  const graph = network();
  const weights = new Weights(graph.weights, fillValues);
  const recalibration = new Recalibration(graph, weights, mode);
  for (let index = 0; index < 5; index++) {
    const inputs = tf.tensor(
      Float32Array.from({ length: 180 }, (_, i) => Math.sin(i * (index + 1))),
      [2, 5, 6, 3],
    );
    await recalibration.add(inputs, index);
    inputs.dispose();
  }
  recalibration.dispose();
  const values = graph.weights.map(({ name, kind }) => [name, kind === 'count' ? weights.counter(name) : Array.from(weights.get(name).dataSync())]);
  weights.dispose();
  return Object.fromEntries(values);
}

describe.skipIf(findInstalled() === undefined)('recalibration on native TensorFlow', () => {
  beforeAll(() => openBackend('tensorflow', { threads: 2 }).then(() => undefined));

  it('compiled and op by op give the same bits and counters, also of a norm that runs twice; nothing stays', async () => {
    const eager = await recalibrated('eager');
    const before = tf.memory().numTensors;
    expect(await recalibrated('compiled')).toEqual(eager);
    expect(tf.memory().numTensors).toBe(before);
    expect(eager).toMatchObject({ 'once.num_batches_tracked': 5, 'twice.num_batches_tracked': 10 });
  });
});
