import { readFile } from 'node:fs/promises';
import { EngineError } from '../../../engine/error.ts';
import type { ModelGraph } from '../../../engine/graph/model-graph.ts';
import { fillValues } from '../../../engine/run/fill.ts';
import { loadWeights } from '../../../engine/run/weights-file.ts';
import { Weights } from '../../../engine/run/weights.ts';

/** Of a safetensors file, or of 'fill' (deterministic values). The caller disposes them. Throws EngineError 'weights-not-found' and what loading throws. */
export async function openWeights(graph: ModelGraph, file: string): Promise<Weights> {
  return file === 'fill' ? new Weights(graph.weights, fillValues) : loadWeights(graph.weights, await readWeights(file));
}

async function readWeights(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new EngineError(
      'weights-not-found',
      `Reading the weights: ${file} cannot be read (${String((cause as { code?: unknown }).code ?? cause)}).`,
      {
        cause,
      },
    );
  }
}
