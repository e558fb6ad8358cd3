import { EngineError } from '../../error.ts';
import type { ModelGraph, Shape } from '../../graph/model-graph.ts';
import { convertGraph } from '../convert-graph.ts';
import { floatType, TfjsBuilder, tfShape } from './tfjs-builder.ts';
import type { TfNode } from './tfjs-builder.ts';
import { tfjsConverters } from './ops.ts';

export interface TfjsOptions {
  readonly name: string;
  readonly producerVersion: string;
  /** Texts that the model carries: the architecture, the data set's normalisation, ... */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The files of a folder that `tf.loadGraphModel` reads, by name. */
export type TfjsFiles = Readonly<Record<'model.json' | 'weights.bin', Uint8Array>>;

/**
 * The network as a TensorFlow.js graph model for inference: batch norms use their running statistics, dropout is left out.
 * Maps are [batch, height, width, channels] with any batch; height and width are the graph's. `values` gives each weight's elements in
 * official layout. Throws EngineError 'tfjs-unsupported' when an op has no form there.
 */
export function graphToTfjs(graph: ModelGraph, values: (name: string) => Float32Array, options: TfjsOptions): TfjsFiles {
  const builder = new TfjsBuilder(graph.weights, values);
  const outputs = convertGraph(
    graph,
    builder,
    tfjsConverters,
    ({ op, id }) =>
      new EngineError('tfjs-unsupported', `exporting ${options.name} to TensorFlow.js: op '${op}' (${id}) has no form there.`, {
        tip: 'Take the network away as ONNX, or as safetensors with its architecture.',
      }),
  );
  const placeholders = graph.inputs.map(({ id, shape }): TfNode => ({
    name: id,
    op: 'Placeholder',
    input: [],
    attr: { dtype: floatType, shape: tfShape([-1, ...shape]) },
  }));
  const results = outputs.map(({ ref, name }): TfNode => ({ name, op: 'Identity', input: [ref.name], attr: { T: floatType } }));
  return {
    'model.json': new TextEncoder().encode(
      JSON.stringify({
        format: 'graph-model',
        generatedBy: `Paretoscope ${options.producerVersion}`,
        convertedBy: null,
        signature: {
          inputs: Object.fromEntries(graph.inputs.map(({ id, shape }) => [id, describe(id, shape)])),
          outputs: Object.fromEntries(outputs.map(({ ref, name }) => [name, describe(name, ref.shape)])),
        },
        modelTopology: { node: [...placeholders, ...builder.nodes, ...results], versions: { producer: 1395 } },
        weightsManifest: [
          {
            paths: ['weights.bin'],
            weights: builder.tensors.map(({ name, shape, data }) => ({
              name,
              shape,
              dtype: data instanceof Float32Array ? 'float32' : 'int32',
            })),
          },
        ],
        userDefinedMetadata: { name: options.name, ...options.metadata },
      }),
    ),
    'weights.bin': joined(builder.tensors.map(({ data }) => data)),
  };
}

function describe(name: string, shape: Shape) {
  return { name: `${name}:0`, dtype: floatType.type, tensorShape: tfShape([-1, ...shape]).shape };
}

function joined(parts: readonly (Float32Array | Int32Array)[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), offset);
    offset += part.byteLength;
  }
  return bytes;
}
