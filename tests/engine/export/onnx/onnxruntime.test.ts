import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll } from 'vitest';
import { openBackend } from '../../../../engine/backend/backend.ts';
import { graphToOnnx } from '../../../../engine/export/onnx/graph-to-onnx.ts';
import { onnxConverters } from '../../../../engine/export/onnx/ops.ts';
import { permute } from '../../../../engine/graph/weight-layout.ts';
import { describeExport } from '../support/exported.ts';
import type { Values } from '../support/exported.ts';

beforeAll(async () => {
  await openBackend('wasm');
});

/** Maps lie as [batch, channels, height, width] in the file. */
const toFile = ({ shape, values }: Values): Tensor => {
  const [n = 1, height = 1, width = 1, channels = 1] = shape;
  return shape.length === 4
    ? new Tensor('float32', permute(values, shape, [0, 3, 1, 2]), [n, channels, height, width])
    : new Tensor('float32', values, shape);
};

const fromFile = ({ dims, data }: Tensor): Values => {
  const values = data as Float32Array;
  const [n = 1, channels = 1, height = 1, width = 1] = dims;
  return dims.length === 4 ? { shape: [n, height, width, channels], values: permute(values, dims, [0, 2, 3, 1]) } : { shape: dims, values };
};

describeExport('onnxruntime', onnxConverters, async (graph, weights, inputs) => {
  const session = await InferenceSession.create(graphToOnnx(graph, weights, { name: 'net', producerVersion: '0.0.0' }));
  const results = await session.run(Object.fromEntries(Object.entries(inputs).map(([id, value]) => [id, toFile(value)])));
  return session.outputNames.map((name) => fromFile(results[name] as Tensor));
});
