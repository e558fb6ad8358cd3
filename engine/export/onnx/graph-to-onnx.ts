import { EngineError } from '../../error.ts';
import type { ModelGraph, Shape } from '../../graph/model-graph.ts';
import { OnnxBuilder } from './onnx-builder.ts';
import type { OnnxRef } from './onnx-builder.ts';
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
  const refs = new Map<string, OnnxRef>(graph.inputs.map(({ id, shape }) => [id, { name: id, shape }]));
  for (const node of graph.nodes) {
    const convert = onnxConverters[node.op];
    if (convert === undefined) {
      throw new EngineError(
        'onnx-unsupported',
        `exporting ${options.name} to ONNX: op '${node.op}' (${node.id}) has no form in opset ${opset}.`,
        {
          tip: 'Take the network away as safetensors with its architecture.',
        },
      );
    }
    builder.enter(node.id);
    const inputs = node.inputs.map((id) => needRef(refs, id));
    refs.set(node.id, { name: convert(builder, node, inputs), shape: node.shape });
  }
  const outputs = graph.outputs.map((id, index) => ({
    ref: needRef(refs, id),
    name: graph.outputs.length === 1 ? 'output' : `output${index}`,
  }));
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

function needRef(refs: ReadonlyMap<string, OnnxRef>, id: string): OnnxRef {
  const ref = refs.get(id);
  if (ref === undefined) throw new RangeError(`the graph has no value '${id}'`);
  return ref;
}

function fileShape(shape: Shape): readonly (number | string)[] {
  const [height, width, channels] = shape;
  return shape.length === 3 ? ['batch', channels ?? 0, height ?? 0, width ?? 0] : ['batch', ...shape];
}
