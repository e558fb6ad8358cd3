import { dispose, tensor4d, tidy } from '../../../engine/backend/tf.ts';
import type { Tensor } from '../../../engine/backend/tf.ts';
import { writeNpy } from '../../../engine/export/npy.ts';
import { sizeText, threeDigits } from '../../../engine/export/quantity.ts';
import { inferenceMode, run } from '../../../engine/run/run.ts';
import { resolveArchitecture } from './architecture-argument.ts';
import { writeFileWhole } from './files.ts';
import { pictureRules } from '../../compute/picture-rules.ts';
import { readNetworkInput } from './network-input.ts';
import { loadNetwork } from './network.ts';
import type { CommandResult, Session } from './session.ts';

export interface PredictOptions {
  readonly weights?: string;
  readonly input: string;
  readonly output: string;
}

interface OutputReport {
  readonly file: string;
  readonly shape: readonly number[];
  readonly mean: number;
  /** Population standard deviation. */
  readonly std: number;
  readonly min: number;
  readonly max: number;
}

/** Runs a network in inference mode on one input and writes each of its outputs as .npy. */
export async function predict(session: Session, archText: string, options: PredictOptions): Promise<CommandResult> {
  const resolved = await resolveArchitecture(session, archText);
  const input = await readNetworkInput(options.input, pictureRules(resolved.arch, undefined).transform.normalization);
  const { backend, graph, weights } = await loadNetwork(session, resolved, options.weights, input.shape.slice(1));
  const inputId = graph.inputs[0]?.id ?? 'input';
  const began = performance.now();
  const outputs = tidy(
    () => run(graph, weights, { [inputId]: tensor4d(input.data, input.shape as [number, number, number, number]) }, inferenceMode).outputs,
  );
  const reports: OutputReport[] = [];
  for (const [i, output] of outputs.entries()) {
    const file = outputs.length === 1 ? options.output : options.output.replace(/(\.npy)?$/, `-${i}$1`);
    reports.push(await writeOutput(output, file));
  }
  const seconds = (performance.now() - began) / 1000;
  dispose(outputs);
  weights.dispose();
  const lines = reports.map(
    (report) =>
      `${report.file}: ${sizeText(report.shape)}, mean ${signed(report.mean)}, deviation ${threeDigits(report.std)}, ${signed(report.min)} to ${signed(report.max)}`,
  );
  return { document: { input: input.shape, outputs: reports, backend: backend.id, seconds }, text: lines.join('\n') };
}

async function writeOutput(output: Tensor, file: string): Promise<OutputReport> {
  const data = (await output.data()) as Float32Array;
  writeFileWhole(file, writeNpy({ shape: output.shape, data }));
  let [sum, squares, min, max] = [0, 0, Infinity, -Infinity];
  for (const value of data) {
    sum += value;
    squares += value * value;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const mean = sum / data.length;
  return { file, shape: output.shape, mean, std: Math.sqrt(Math.max(0, squares / data.length - mean * mean)), min, max };
}

function signed(value: number): string {
  return value < 0 ? `-${threeDigits(-value)}` : threeDigits(value);
}
