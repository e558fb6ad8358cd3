import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };
import { imagenetNormalization } from '../../../datasets/transforms/normalize.ts';
import { fileError, writeFileSafely } from '../../../db/checkpoints/file-system.ts';
import { StoreError } from '../../../db/store.ts';
import { graphToOnnx } from '../../../engine/export/onnx/graph-to-onnx.ts';
import { graphToTfjs } from '../../../engine/export/tfjs/graph-to-tfjs.ts';
import type { WeightSpec } from '../../../engine/graph/model-graph.ts';
import { checkedTensors } from '../../../engine/run/checked-tensors.ts';
import { fillValues } from '../../../engine/run/fill.ts';
import { readSafetensors, writeSafetensors } from '../../../engine/run/safetensors.ts';
import type { SafetensorsEntry } from '../../../engine/run/safetensors.ts';
import type { ArchitectureRef } from '../../ipc/architecture.ts';
import type { NetworkExport, NetworkExportOptions } from '../../ipc/exports.ts';
import { buildNetwork } from '../architecture/resolve.ts';
import type { BuiltNetwork } from '../architecture/resolve.ts';
import type { LabContext } from '../context.ts';
import { exportTarget } from '../write-export.ts';

type Values = ReadonlyMap<string, Float32Array>;

/** A network with its weights as files of another format. */
export function exportNetwork(context: LabContext, ref: ArchitectureRef, options: NetworkExportOptions): NetworkExport {
  const { format, weights, input, target } = options;
  const network = buildNetwork(context, ref, input === undefined ? {} : { input });
  const values = weightValues(network, weights);
  const title = titleOf(network);
  const file = exportTarget(context.layout.root, `${title}${endings[format]}`, target);
  const contents = contentsOf(network, title, values, format);
  const isFolder = format === 'tfjs';
  for (const [name, bytes] of Object.entries(contents)) {
    const path = isFolder ? join(file, name) : file;
    writeFileSafely(path, dirname(path), bytes);
  }
  const bytes = Object.values(contents).reduce((sum, content) => sum + content.length, 0);
  return { file, name: basename(file), bytes, tensors: network.graph.weights.length, params: network.cost.params };
}

const endings = { onnx: '.onnx', tfjs: '.tfjs', safetensors: '.safetensors' } as const;

/** 'hrnas-7f3a2c-t12', 'hr-nas-cs2'. */
function titleOf({ name, experiment }: BuiltNetwork): string {
  return (experiment === undefined ? name : `${experiment.id}-${name}`).replaceAll(/[^\w.-]+/g, '-');
}

/** By the name of the file in a folder, or of the only file. */
function contentsOf(
  { graph, arch, experiment, input }: BuiltNetwork,
  title: string,
  values: Values,
  format: NetworkExportOptions['format'],
): Readonly<Record<string, Uint8Array>> {
  const architecture = JSON.stringify(arch);
  const metadata = {
    architecture,
    input: `${input[0]}x${input[1]}`,
    normalization: JSON.stringify(imagenetNormalization),
    ...(experiment === undefined ? {} : { experiment: experiment.id }),
  };
  const of = (name: string): Float32Array => values.get(name) as Float32Array;
  const options = { name: title, producerVersion: packageJson.version, metadata };
  switch (format) {
    case 'onnx':
      return { network: graphToOnnx(graph, of, options) };
    case 'tfjs':
      return graphToTfjs(graph, of, options);
    case 'safetensors':
      return {
        weights: writeSafetensors(
          graph.weights.map((spec) => entryOf(spec, of(spec.name))),
          metadata,
        ),
      };
  }
}

function entryOf({ name, kind, shape }: WeightSpec, values: Float32Array): SafetensorsEntry {
  if (kind === 'count') return { name, dtype: 'I64', shape: [], data: BigInt64Array.of(BigInt(values[0] ?? 0)) };
  return { name, dtype: 'F32', shape, data: values };
}

function weightValues(network: BuiltNetwork, given: string | undefined): Values {
  const specs = network.graph.weights;
  if (given === 'fill') return new Map(specs.map((spec) => [spec.name, fillValues(spec)]));
  const file = given ?? network.trial?.checkpoint;
  if (file === undefined) {
    throw new StoreError('no-weights', `Exporting ${network.name}: it has no weights of its own.`, {
      tip: 'Choose a safetensors file with the official parameter names, or a trial that was trained.',
    });
  }
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw fileError(`Reading the weights ${file}`, error);
  }
  return checkedTensors(specs, readSafetensors(bytes).tensors);
}
