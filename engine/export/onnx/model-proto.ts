/**
 * The few messages of the ONNX format that a network needs, written with protobuf's wire format.
 * Field numbers: onnx/onnx.proto of the ONNX project, IR version 8.
 */
import protobuf from 'protobufjs/minimal.js';

export type OnnxAttribute = number | string | readonly number[] | { readonly float: number };

export interface OnnxNode {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Numbers and lists are integers; `{ float }` is a floating-point number. */
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

export interface OnnxValue {
  readonly name: string;
  /** A text is the name of a length that is known at run time only. */
  readonly shape: readonly (number | string)[];
}

export interface OnnxModel {
  readonly name: string;
  readonly producer: { readonly name: string; readonly version: string };
  readonly documentation: string;
  readonly nodes: readonly OnnxNode[];
  readonly tensors: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** LayerNormalization came with 17, resizing of height and width to exact sizes with 18; later ones bring nothing that is needed here. */
export const opset = 18;
const irVersion = 8;

const elementTypes = { float32: 1, int64: 7 } as const;
const attributeTypes = { float: 1, int: 2, string: 3, ints: 7 } as const;

type Writer = protobuf.Writer;
const varint = 0;
const lengthDelimited = 2;
const fixed32 = 5;

const tag = (writer: Writer, field: number, wire: number): Writer => writer.uint32((field << 3) | wire);
const writeInt = (writer: Writer, field: number, value: number): Writer => tag(writer, field, varint).int64(value);
const writeText = (writer: Writer, field: number, value: string): Writer => tag(writer, field, lengthDelimited).string(value);

function writeMessage(writer: Writer, field: number, body: (inner: Writer) => void): void {
  tag(writer, field, lengthDelimited).fork();
  body(writer);
  writer.ldelim();
}

/** The file's bytes; equal models give equal bytes. */
export function writeOnnx(model: OnnxModel): Uint8Array {
  const writer = protobuf.Writer.create();
  writeInt(writer, 1, irVersion);
  writeText(writer, 2, model.producer.name);
  writeText(writer, 3, model.producer.version);
  writeText(writer, 6, model.documentation);
  writeMessage(writer, 7, (graph) => writeGraph(graph, model));
  writeMessage(writer, 8, (operators) => writeInt(operators, 2, opset));
  for (const [key, value] of Object.entries(model.metadata)) {
    writeMessage(writer, 14, (entry) => {
      writeText(entry, 1, key);
      writeText(entry, 2, value);
    });
  }
  return writer.finish();
}

function writeGraph(writer: Writer, { nodes, name, tensors, inputs, outputs }: OnnxModel): void {
  for (const node of nodes) writeMessage(writer, 1, (inner) => writeNode(inner, node));
  writeText(writer, 2, name);
  for (const tensor of tensors) writeMessage(writer, 5, (inner) => writeTensor(inner, tensor));
  for (const value of inputs) writeMessage(writer, 11, (inner) => writeValue(inner, value));
  for (const value of outputs) writeMessage(writer, 12, (inner) => writeValue(inner, value));
}

function writeNode(writer: Writer, { op, name, inputs, outputs, attributes }: OnnxNode): void {
  for (const input of inputs) writeText(writer, 1, input);
  for (const output of outputs) writeText(writer, 2, output);
  writeText(writer, 3, name);
  writeText(writer, 4, op);
  for (const [key, value] of Object.entries(attributes)) {
    writeMessage(writer, 5, (attribute) => {
      writeText(attribute, 1, key);
      writeAttribute(attribute, value);
    });
  }
}

function writeAttribute(writer: Writer, value: OnnxAttribute): void {
  if (typeof value === 'string') {
    tag(writer, 4, lengthDelimited).bytes(new TextEncoder().encode(value));
    writeInt(writer, 20, attributeTypes.string);
  } else if (typeof value === 'number') {
    writeInt(writer, 3, value);
    writeInt(writer, 20, attributeTypes.int);
  } else if ('float' in value) {
    tag(writer, 2, fixed32).float(value.float);
    writeInt(writer, 20, attributeTypes.float);
  } else {
    for (const entry of value) writeInt(writer, 8, entry);
    writeInt(writer, 20, attributeTypes.ints);
  }
}

/** Raw little-endian elements. */
function writeTensor(writer: Writer, { name, shape, data }: OnnxTensor): void {
  for (const length of shape) writeInt(writer, 1, length);
  writeInt(writer, 2, data instanceof Float32Array ? elementTypes.float32 : elementTypes.int64);
  writeText(writer, 8, name);
  tag(writer, 9, lengthDelimited).bytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function writeValue(writer: Writer, { name, shape }: OnnxValue): void {
  writeText(writer, 1, name);
  writeMessage(writer, 2, (type) =>
    writeMessage(type, 1, (tensor) => {
      writeInt(tensor, 1, elementTypes.float32);
      writeMessage(tensor, 2, (dimensions) => {
        for (const length of shape) {
          writeMessage(dimensions, 1, (dimension) => {
            if (typeof length === 'string') writeText(dimension, 2, length);
            else writeInt(dimension, 1, length);
          });
        }
      });
    }),
  );
}
