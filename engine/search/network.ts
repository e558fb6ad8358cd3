import { findSpace } from '../catalog.ts';
import { estimate } from '../cost/estimate.ts';
import type { ModelGraph } from '../graph/model-graph.ts';
import { architectureHash } from '../spaces/canonical.ts';
import { cellWith, withoutDecoder } from '../spaces/dpc/proxy.ts';
import type { Architecture, SearchSpace } from '../spaces/search-space.ts';
import type { SearchConfig } from './config.ts';
import type { Cost } from './events.ts';

/** Systems are named like their spaces. */
export function spaceOf(config: Pick<SearchConfig, 'system'>): SearchSpace {
  return findSpace(config.system);
}

/** The settings of the networks that trials train: a proxy task leaves the decoder out (DPC specification section 6). */
export function trialSettings({ proxy, space }: SearchConfig): Architecture['settings'] {
  return proxy.id === 'none' ? space : withoutDecoder(space);
}

/** The network of a trial as it is trained at last: with the decoder where the config asks for one. */
export function retrainedArch({ proxy, space }: SearchConfig, arch: Architecture): Architecture {
  return proxy.id === 'none' ? arch : cellWith(arch, space);
}

/** The largest network of the config's settings: where a shrinking search starts. */
export function supernetOf(config: SearchConfig): Architecture {
  return spaceOf(config).canonical(spaceOf(config).largest(config.space));
}

/** [height, width] px of the pictures that a network is trained on. */
export function trainingSize({ data }: Pick<SearchConfig, 'data'>): readonly [number, number] {
  return data.kind === 'keypoints' ? data.inputSize : data.crop;
}

/** [height, width] px of the pictures that trials are ranked on. */
export function rankingSize({ data }: Pick<SearchConfig, 'data'>): readonly [number, number] {
  return data.kind === 'keypoints' ? data.inputSize : data.evaluationSize;
}

/** The network for training crops; names and shapes of its weights are the same as for whole images. */
export function trainingGraph(config: SearchConfig, arch: Architecture): ModelGraph {
  return spaceOf(config).graph(arch, [...trainingSize(config), 3]);
}

/** The network for whole images of the ranking split. */
export function evaluationGraph(config: SearchConfig, arch: Architecture): ModelGraph {
  return spaceOf(config).graph(arch, [...rankingSize(config), 3]);
}

/** The network whose latency is predicted: for whole images, as it is trained at last. */
export function latencyGraph(config: SearchConfig, arch: Architecture): ModelGraph {
  return evaluationGraph(config, retrainedArch(config, arch));
}

/** Cost for one whole image of the ranking split. */
export function costOf(config: SearchConfig, arch: Architecture): Cost {
  const { macs, params, activationBytes } = estimate(evaluationGraph(config, arch));
  return { macs, params, activationBytes, input: [...rankingSize(config), 3], scope: 'full' };
}

export function hashOf(config: SearchConfig, arch: Architecture): string {
  return architectureHash(spaceOf(config).canonical(arch));
}
