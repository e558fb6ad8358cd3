import { openBackend } from '../../../engine/backend/backend.ts';
import type { Backend } from '../../../engine/backend/backend.ts';
import type { ModelGraph, Shape } from '../../../engine/graph/model-graph.ts';
import { fillValues } from '../../../engine/run/fill.ts';
import { loadWeights } from '../../../engine/run/weights-file.ts';
import { Weights } from '../../../engine/run/weights.ts';
import { trialOf } from './architecture-argument.ts';
import type { ResolvedArchitecture } from './architecture-argument.ts';
import { CliError } from './failure.ts';
import { readBytes } from './files.ts';
import type { Session } from './session.ts';

export const defaultBackend = 'wasm';

/** A network on an opened backend. The caller disposes the weights. */
export interface LoadedNetwork {
  readonly backend: Backend;
  readonly graph: ModelGraph;
  readonly weights: Weights;
}

/** `--backend` and `--threads`, else the embedded default. */
export function openChosenBackend({ options }: Session): Promise<Backend> {
  return openBackend(options.backend ?? defaultBackend, options.threads === undefined ? {} : { threads: options.threads });
}

/**
 * Builds the network for inputs of `shape` [height, width, channels] and loads its weights. `weightsText` is a safetensors file, 'fill',
 * or 'EXPERIMENT:tN'; a trial that is given as the architecture brings its own.
 */
export async function loadNetwork(
  session: Session,
  resolved: ResolvedArchitecture,
  weightsText: string | undefined,
  shape: Shape,
): Promise<LoadedNetwork> {
  const graph = resolved.space.graph(resolved.arch, shape);
  const file = weightsText === 'fill' ? undefined : readBytes(await weightsPath(session, resolved, weightsText), 'the weights');
  const backend = await openChosenBackend(session);
  const weights = file === undefined ? new Weights(graph.weights, fillValues) : loadWeights(graph.weights, file);
  return { backend, graph, weights };
}

/** The argument `--weights` as a path, or 'fill'. */
export async function weightsFileOf(session: Session, resolved: ResolvedArchitecture, text: string | undefined): Promise<string> {
  return text === 'fill' ? text : weightsPath(session, resolved, text);
}

async function weightsPath(session: Session, { trial }: ResolvedArchitecture, text: string | undefined): Promise<string> {
  if (text !== undefined && !/^[\w-]+:t\d+$/.test(text)) return text;
  const owner = text === undefined ? trial : await trialOf(session, text);
  if (owner === undefined) {
    throw new CliError('usage', 'Weights are needed: --weights FILE, or fill.', {
      tip: 'A trial (EXPERIMENT:tN) as the architecture brings its own weights.',
    });
  }
  if (owner.checkpoint === undefined) throw new CliError('no-weights', `${owner.experiment} t${owner.number} has no weight file.`);
  return owner.checkpoint;
}
