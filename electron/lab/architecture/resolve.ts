import { unknownTrial } from '../../../db/errors.ts';
import type { ExperimentRecord } from '../../../db/store.ts';
import { findPublished, findSpace, parseArchitecture } from '../../../engine/catalog.ts';
import { estimate } from '../../../engine/cost/estimate.ts';
import type { GraphCost } from '../../../engine/cost/estimate.ts';
import { EngineError } from '../../../engine/error.ts';
import type { ModelGraph, Shape } from '../../../engine/graph/model-graph.ts';
import { architectureHash } from '../../../engine/spaces/canonical.ts';
import type { SearchConfig } from '../../../engine/search/config.ts';
import { rankingSize } from '../../../engine/search/network.ts';
import type { Architecture, SearchSpace } from '../../../engine/spaces/search-space.ts';
import type { ArchitectureRef, NetworkOptions } from '../../ipc/architecture.ts';
import type { TrialView } from '../../ipc/contract.ts';
import type { LabContext } from '../context.ts';
import { findExperiment } from '../search-setup.ts';
import { trialView } from '../views.ts';

/** What a ref names. `input` is [height, width, channels]: of the trial's cost, of the experiment's evaluation, else as published. */
export interface ResolvedNetwork {
  readonly ref: ArchitectureRef;
  readonly name: string;
  readonly arch: Architecture;
  readonly space: SearchSpace;
  readonly hash: string;
  readonly input: Shape;
  readonly experiment?: ExperimentRecord;
  readonly trial?: TrialView;
  readonly source?: string;
}

/** Finds a network by its ref. StoreError 'unknown-experiment', 'unknown-trial'; EngineError 'unknown-architecture', 'bad-architecture'. */
export function resolveNetwork(context: LabContext, ref: ArchitectureRef): ResolvedNetwork {
  if ('published' in ref) {
    const arch = findPublished(ref.published);
    const source = findSpace(arch.space).published.find(({ name }) => name === ref.published)?.source;
    return { ...plain(ref, ref.published, arch), ...(source === undefined ? {} : { source }) };
  }
  if ('architecture' in ref) {
    const arch = parseArchitecture(ref.architecture);
    return plain(ref, `${arch.space} network`, arch);
  }
  const store = context.reading();
  const experiment = findExperiment(store, ref.experiment);
  if ('supernet' in ref) {
    const config = experiment.config as unknown as SearchedConfig;
    const found = findSpace(experiment.system);
    const arch = found.canonical(found.largest(config.space));
    return { ...plain({ experiment: experiment.id, supernet: true }, 'supernet', arch), input: [...rankingSize(config), 3], experiment };
  }
  const record = store.trial(experiment.id, ref.trial);
  if (record === undefined) throw unknownTrial(experiment.id, ref.trial);
  const trial = trialView(context.layout, record);
  const network = plain({ experiment: experiment.id, trial: trial.number }, `t${trial.number}`, trial.arch);
  const input = trial.cost?.input ?? [...rankingSize(experiment.config as unknown as SearchedConfig), 3];
  return { ...network, input, hash: trial.hash, experiment, trial };
}

/** What of a stored configuration is needed here; it was parsed when the experiment started. */
type SearchedConfig = Pick<SearchConfig, 'data'> & { readonly space: Architecture['settings'] };

function plain(ref: ArchitectureRef, name: string, arch: Architecture): ResolvedNetwork {
  const space = findSpace(arch.space);
  return { ref, name, arch, space, hash: architectureHash(space.canonical(arch)), input: space.defaultInput(arch.settings) };
}

export interface BuiltNetwork extends ResolvedNetwork {
  readonly form: 'search' | 'retrain';
  readonly forms: readonly ('search' | 'retrain')[];
  readonly graph: ModelGraph;
  readonly cost: GraphCost;
}

/** The network of a ref in the form and for the input asked for. EngineError 'no-retrain-form', 'bad-input'. */
export function buildNetwork(context: LabContext, ref: ArchitectureRef, options: NetworkOptions = {}): BuiltNetwork {
  const resolved = resolveNetwork(context, ref);
  const { space } = resolved;
  const retrained = space.retrainForm?.(resolved.arch);
  const form = options.form ?? 'search';
  if (form === 'retrain' && retrained === undefined) {
    throw new EngineError(
      'no-retrain-form',
      `${resolved.name}: ${space.title} trains this network in the form in which it was searched; there is no other.`,
    );
  }
  const arch = form === 'retrain' && retrained !== undefined ? retrained : resolved.arch;
  const input = options.input === undefined ? resolved.input : [...options.input, resolved.input[2] ?? 3];
  const graph = space.graph(arch, input);
  const forms = retrained === undefined ? (['search'] as const) : (['search', 'retrain'] as const);
  const hash = arch === resolved.arch ? resolved.hash : architectureHash(space.canonical(arch));
  return { ...resolved, arch, hash, input, form, forms, graph, cost: estimate(graph) };
}

/** The estimate of each node by id, as outlines want it. */
export function costsById({ nodes }: GraphCost): ReadonlyMap<string, GraphCost['nodes'][number]> {
  return new Map(nodes.map((node) => [node.id, node]));
}
