import { EngineError } from '../../error.ts';
import type { ModelGraph, Shape } from '../../graph/model-graph.ts';
import { convertGraph } from '../convert-graph.ts';
import { OnnxBuilder } from './onnx-builder.ts';
import { opset, writeOnnx } from './model-proto.ts';
import type { OnnxNode } from './model-proto.ts';
import { onnxConverters } from './ops.ts';

export interface OnnxOptions {
  /** Name of the network: 'hr-nas:cs2'. */
  readonly name: string;
  readonly producerVersion: string;
  /** Texts that the file carries: the architecture, the data set's normalisation, ... */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * The network as an ONNX file (opset 18) for inference: batch norms use their running statistics, dropout is left out.
 * Maps are [batch, channels, height, width], as is usual there, with any batch; height and width are the graph's.
 * `values` gives each weight's elements in official layout. Throws EngineError 'onnx-unsupported' when an op has no ONNX form.
 */
export function graphToOnnx(graph: ModelGraph, values: (name: string) => Float32Array, options: OnnxOptions): Uint8Array {
  const builder = new OnnxBuilder(graph.weights, values);
  const outputs = convertGraph(
    graph,
    builder,
    onnxConverters,
    ({ op, id }) =>
      new EngineError('onnx-unsupported', `exporting ${options.name} to ONNX: op '${op}' (${id}) has no form in opset ${opset}.`, {
        tip: 'Take the network away as safetensors with its architecture.',
      }),
  );
  return writeOnnx({
    name: options.name,
    producer: { name: 'Paretoscope', version: options.producerVersion },
    documentation: `Maps are [batch, channels, height, width]. Opset ${opset}.`,
    nodes: [
      ...builder.nodes,
      ...outputs.map(({ ref, name }): OnnxNode => ({ op: 'Identity', name, inputs: [ref.name], outputs: [name], attributes: {} })),
    ],
    tensors: builder.tensors,
    inputs: graph.inputs.map(({ id, shape }) => ({ name: id, shape: fileShape(shape) })),
    outputs: outputs.map(({ ref, name }) => ({ name, shape: fileShape(ref.shape) })),
    metadata: options.metadata ?? {},
  });
}

function fileShape(shape: Shape): readonly (number | string)[] {
  const [height, width, channels] = shape;
  return shape.length === 3 ? ['batch', channels ?? 0, height ?? 0, width ?? 0] : ['batch', ...shape];
}
