import type { Shape, WeightRef } from '../../graph/model-graph.ts';
import { ExportBuilder } from '../export-builder.ts';
import type { ExportRef } from '../export-builder.ts';
import type { OnnxAttribute, OnnxNode, OnnxTensor } from './model-proto.ts';

/** Maps [height, width, channels] lie as [batch, channels, height, width] in the file, all else as here: [batch, ...shape]. */
export type OnnxRef = ExportRef;

/** Collects nodes and tensors; the converters of the ops write with it. */
export class OnnxBuilder extends ExportBuilder<OnnxTensor> {
  readonly nodes: OnnxNode[] = [];

  /** Adds one node with one output and returns that output's name. */
  node(op: string, inputs: readonly string[], attributes: Readonly<Record<string, OnnxAttribute>> = {}): string {
    const name = this.nextName(op);
    this.nodes.push({ op, name, inputs, outputs: [name], attributes });
    return name;
  }

  floats(data: Float32Array, shape: readonly number[]): string {
    return this.add({ name: this.nextName('constant'), shape, data });
  }

  integers(values: readonly number[]): string {
    return this.add({ name: this.nextName('constant'), shape: [values.length], data: BigInt64Array.from(values, BigInt) });
  }

  /** A weight as ops see it, sliced; in the file once for each part that is used. */
  weight(ref: WeightRef): string {
    const name = ref.slices === undefined ? ref.name : `${ref.name}[${JSON.stringify(ref.slices)}]`;
    if (this.has(name)) return name;
    const { shape, values } = this.weightValues(ref);
    return this.add({ name, shape, data: values });
  }

  /** Our order of axes, [batch, ...shape], of a value that lies channels first. */
  channelsLast({ name, shape }: OnnxRef): string {
    return shape.length === 3 ? this.node('Transpose', [name], { perm: [0, 2, 3, 1] }) : name;
  }

  /** The way back. */
  channelsFirst(name: string, shape: Shape): string {
    return shape.length === 3 ? this.node('Transpose', [name], { perm: [0, 3, 1, 2] }) : name;
  }

  reshape(name: string, shape: readonly number[]): string {
    return this.node('Reshape', [name, this.integers(shape)]);
  }
}

/** Where the channels of a value of this shape lie in the file. */
export function channelAxis(shape: Shape): number {
  return shape.length === 3 ? 1 : shape.length;
}
