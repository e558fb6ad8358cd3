/** The parts of a network that the proxy task takes apart (specification section 6): a frozen backbone, and what is trained on its features. */
import type { ModelGraph, Shape } from '../../graph/model-graph.ts';
import { refuseProblems } from '../check-architecture.ts';
import type { Architecture } from '../search-space.ts';
import { architectureOf, cellOf } from './choices.ts';
import { dpc } from './dpc.ts';
import { graphFeatures } from './graph.ts';
import { publishedArchitectures } from './published.ts';
import { checkSettings, withDefaults, type DpcSettings } from './settings.ts';

/** What F of an image follows from beside the weights: they fit every output stride. */
export function backboneOf(settings: Architecture['settings']): Pick<DpcSettings, 'backbone' | 'outputStride' | 'width'> {
  const { backbone, outputStride, width } = checked(settings);
  return { backbone, outputStride, width };
}

/** Images [h, w, 3] -> F. Weights are named as in the whole network. */
export function graphBackboneAlone(settings: Architecture['settings'], image: Shape): ModelGraph {
  return graphFeatures(checked(settings), image);
}

/**
 * F -> logits: cell and classifier of a network, without its decoder, which would need early features. Weights are named as in the whole network.
 * Throws EngineError 'bad-architecture' and 'bad-input'.
 */
export function graphOnFeatures({ settings, choices }: Architecture, features: Shape): ModelGraph {
  const cell = cellOf(choices, checked(settings));
  const alone = { ...checked(settings), backbone: 'none', featureChannels: features[2] ?? 0, width: 1, decoder: false } as const;
  return dpc.graph(architectureOf(cell, alone), features);
}

/** The head of the released MobileNet-v2 networks (image-level features and a 1x1 convolution) on the backbone of the settings: what it learns with. */
export function withSimpleHead(settings: Architecture['settings']): Architecture {
  const { arch } = publishedArchitectures.find(({ name }) => name === 'dpc:image-pooling')!;
  const head = checked(arch.settings);
  return architectureOf(cellOf(arch.choices, head), { ...checked(settings), branches: head.branches, decoder: false });
}

/** The settings of the same networks without a decoder, as the proxy task trains them. */
export function withoutDecoder(settings: Architecture['settings']): Architecture['settings'] {
  return checked(settings).decoder ? { ...settings, decoder: false } : settings;
}

/** The cell of a network in the network that other settings ask for. */
export function cellWith({ choices, settings }: Architecture, others: Architecture['settings']): Architecture {
  return architectureOf(cellOf(choices, checked(settings)), checked(others));
}

function checked(settings: Architecture['settings']): DpcSettings {
  refuseProblems('dpc', checkSettings(settings));
  return withDefaults(settings);
}
