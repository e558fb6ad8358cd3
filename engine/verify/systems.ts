/** How each system's golden files name a network. */
import { EngineError } from '../error.ts';
import type { ModelGraph, Shape } from '../graph/model-graph.ts';
import type { GoldenFile } from './golden-file.ts';
import { hrNasNetwork } from './hr-nas-network.ts';

/** The network of a golden file for an input [height, width, channels]. */
export type GoldenNetwork = (input: Shape) => ModelGraph;

const systems: Readonly<Record<string, (golden: GoldenFile) => GoldenNetwork>> = {
  'hr-nas': hrNasNetwork,
};

/** Throws EngineError 'unknown-system', naming the systems that exist. */
export function networkOf(golden: GoldenFile, file: string): GoldenNetwork {
  const system = Object.hasOwn(systems, golden.system) ? systems[golden.system] : undefined;
  if (system === undefined) {
    throw new EngineError('unknown-system', `${file}: there is no system '${golden.system}' yet; known: ${Object.keys(systems).join(', ')}.`);
  }
  return system(golden);
}
