/** How each system's golden files name a network. */
import { EngineError } from '../error.ts';
import type { ModelGraph, Shape } from '../graph/model-graph.ts';
import type { GoldenFile } from './golden-file.ts';
import { hrNasNetwork } from './hr-nas-network.ts';
import { liteHrNetNetwork } from './lite-hrnet-network.ts';
import { vitResNasNetwork } from './vit-resnas-network.ts';

/** The network of a golden file for an input [height, width, channels]; 'training': with the outputs that only training has. */
export type GoldenNetwork = (input: Shape, purpose?: 'inference' | 'training') => ModelGraph;

const systems: Readonly<Record<string, (golden: GoldenFile) => GoldenNetwork>> = {
  'hr-nas': hrNasNetwork,
  'lite-hrnet': liteHrNetNetwork,
  'vit-resnas': vitResNasNetwork,
};

/** Their ids, which are the folders of the reference data. */
export function knownSystems(): readonly string[] {
  return Object.keys(systems);
}

/** How networks of `system` are built from a file. Throws EngineError 'unknown-system', naming the systems that exist. */
export function networksOf(system: string, file: string): (golden: GoldenFile) => GoldenNetwork {
  const found = Object.hasOwn(systems, system) ? systems[system] : undefined;
  if (found === undefined) {
    throw new EngineError('unknown-system', `${file}: there is no system '${system}' yet; known: ${knownSystems().join(', ')}.`);
  }
  return found;
}
