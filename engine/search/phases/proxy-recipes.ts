/** How the phases of the proxy task of DPC train (specification section 6): first the backbone, then cells on its features, the best as whole networks. */
import { EngineError } from '../../error.ts';
import { initialValues } from '../../run/initial-values.ts';
import { float32Values, type SafetensorsEntry } from '../../run/safetensors.ts';
import { Weights } from '../../run/weights.ts';
import { graphOnFeatures } from '../../spaces/dpc/proxy.ts';
import type { Architecture } from '../../spaces/search-space.ts';
import type { FrozenProxyConfig, SearchConfig } from '../config.ts';
import type { SearchEvent } from '../events.ts';
import { FrozenBackbone } from '../frozen/frozen-backbone.ts';
import { keptBackbone } from '../frozen/kept-backbone.ts';
import { trainingGraph } from '../network.ts';
import type { ResumePoint, SearchParts } from '../parts.ts';
import { wholeRecipe, type Recipe } from './recipe.ts';

type KeptStates = ReadonlyMap<string, ResumePoint>;

/** The backbone learns under a simple head, at a rate of its own. */
export function backboneRecipe(config: SearchConfig, proxy: FrozenProxyConfig, parts: SearchParts): Recipe {
  return { ...wholeRecipe(config, parts), train: { ...config.train, learningRate: proxy.learningRate } };
}

/** Cell and classifier alone, on features of the frozen backbone. Throws EngineError 'state-mismatch' when none was kept. */
export function frozenRecipe(config: SearchConfig, proxy: FrozenProxyConfig, parts: SearchParts, kept: KeptStates): Recipe {
  const backbone = new FrozenBackbone(config, proxy, parts, keptBackbone(kept));
  const { batches } = parts.evaluation;
  return {
    train: config.train,
    trainBatch: (index) => backbone.batch('train', index, false),
    calibrationBatch: (index) => backbone.batch('calibration', index, index + 1 >= config.evaluate.calibrationBatches),
    evaluation: { batches, batch: (index) => backbone.batch('evaluation', index, index + 1 >= batches) },
    trainingGraph: (arch) => graphOnFeatures(arch, backbone.featureShape('train')),
    evaluationGraph: (arch) => graphOnFeatures(arch, backbone.featureShape('evaluation')),
    newWeights: (arch, seed) =>
      Promise.resolve(new Weights(graphOnFeatures(arch, backbone.featureShape('train')).weights, initialValues(seed))),
    trialEntries: async (arch, weights) => wholeEntries(config, arch, await backbone.entries(), await weights.entries()),
    logs: () => logsOf(backbone),
    dispose: () => backbone.dispose(),
  };
}

/** Whole networks whose backbone begins where the frozen one was left (the paper fine-tunes the entire model), the rest with new weights. */
export function retrainRecipe(config: SearchConfig, proxy: FrozenProxyConfig, parts: SearchParts, kept: KeptStates): Recipe {
  const backbone = new FrozenBackbone(config, proxy, parts, keptBackbone(kept));
  return {
    ...wholeRecipe(config, parts),
    newWeights: async (arch, seed) => {
      const tensors = await backbone.tensors();
      const fresh = initialValues(seed);
      return new Weights(trainingGraph(config, arch).weights, (spec) => {
        const tensor = tensors.get(spec.name);
        return tensor === undefined ? fresh(spec) : float32Values(tensor);
      });
    },
  };
}

/** Backbone and trained part in the order of the whole network. */
function wholeEntries(
  config: SearchConfig,
  arch: Architecture,
  backbone: ReadonlyMap<string, SafetensorsEntry>,
  trained: readonly SafetensorsEntry[],
): SafetensorsEntry[] {
  const byName = new Map([...backbone, ...trained.map((entry) => [entry.name, entry] as const)]);
  return trainingGraph(config, arch).weights.map(({ name }) => {
    const entry = byName.get(name);
    if (entry === undefined) throw new EngineError('missing-weight', `writing a trial: neither backbone nor cell has ${name}.`);
    return entry;
  });
}

function logsOf({ counts: { read, computed, unkept } }: FrozenBackbone): Extract<SearchEvent, { type: 'log' }>[] {
  if (computed === 0) return [];
  const values = { read, computed, unkept };
  if (unkept === 0) {
    return [{ type: 'log', level: 'info', message: `Features of ${computed} pictures were computed, ${read} times kept ones were read.`, values }];
  }
  const message = `The store of features is full: for ${unkept} of ${computed} pictures they were computed and not kept. Raise proxy.cacheBytes, or make room with lab prune.`;
  return [{ type: 'log', level: 'warn', message, values }];
}
