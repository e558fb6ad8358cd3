import { loadGraphModelSync } from '@tensorflow/tfjs-converter';
import { beforeAll } from 'vitest';
import { openBackend } from '../../../../engine/backend/backend.ts';
import * as tf from '../../../../engine/backend/tf.ts';
import { graphToTfjs } from '../../../../engine/export/tfjs/graph-to-tfjs.ts';
import { tfjsConverters } from '../../../../engine/export/tfjs/ops.ts';
import { describeExport } from '../support/exported.ts';

beforeAll(async () => {
  await openBackend('wasm');
});

describeExport('TensorFlow.js', tfjsConverters, async (graph, weights, inputs) => {
  const files = graphToTfjs(graph, weights, { name: 'net', producerVersion: '0.0.0' });
  const { modelTopology, weightsManifest, ...rest } = JSON.parse(new TextDecoder().decode(files['model.json']));
  const model = loadGraphModelSync({
    load: () => ({ ...rest, modelTopology, weightSpecs: weightsManifest[0].weights, weightData: files['weights.bin'].buffer }),
  });
  const given = Object.fromEntries(Object.entries(inputs).map(([id, { shape, values }]) => [id, tf.tensor(values, [...shape])]));
  const outputs = model.execute(given, graph.outputs.length === 1 ? 'output' : graph.outputs.map((_, i) => `output${i}`));
  const list = Array.isArray(outputs) ? outputs : [outputs];
  const results = await Promise.all(list.map(async (output) => ({ shape: output.shape, values: (await output.data()) as Float32Array })));
  model.dispose();
  for (const tensor of [...list, ...Object.values(given)]) tensor.dispose();
  return results;
});
