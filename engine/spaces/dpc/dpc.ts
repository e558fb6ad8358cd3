import { EngineError } from '../../error.ts';
import type { ModelGraph, Shape } from '../../graph/model-graph.ts';
import { checkArchitecture, refuseProblems } from '../check-architecture.ts';
import type { Architecture, Problem, SearchSpace } from '../search-space.ts';
import { canonicalCell, countCells } from './canonical-cell.ts';
import { features, type DpcBranch, type DpcOperation } from './cell.ts';
import { architectureOf, cellOf, choicesOf, dpcVersion, drawCell } from './choices.ts';
import { scaledLength } from './geometry.ts';
import { graphDpc } from './graph.ts';
import { scaledChannels } from './graph-mobilenet-v2.ts';
import { mutate } from './mutation.ts';
import { exportOfficial, importOfficial } from './notation.ts';
import { publishedArchitectures } from './published.ts';
import { checkSettings, longestSide, publishedSettings, shortSettings, withDefaults, type DpcSettings } from './settings.ts';

/** Channels of F. */
function featureChannels({ backbone, featureChannels: given, width }: DpcSettings): number {
  if (backbone === 'none') return given;
  return backbone === 'mobilenet-v2' ? scaledChannels(320, width) : 2048;
}

function checked(given: Architecture['settings']): DpcSettings {
  refuseProblems('dpc', checkSettings(given));
  return withDefaults(given);
}

/** The same operation everywhere, on F or each on the branch before it: whichever has more channels, or fewer. */
function uniformCell(given: Architecture['settings'], operation: DpcOperation, isLarge: boolean): Architecture {
  const settings = checked(given);
  const isFeatures = featureChannels(settings) > settings.filters === isLarge;
  const cell = Array.from({ length: settings.branches }, (_, b): DpcBranch => ({ operation, input: isFeatures ? features : b - 1 }));
  return architectureOf(cell, settings);
}

function check(arch: Architecture): Problem[] {
  return checkArchitecture(arch, { id: 'dpc', version: dpcVersion }, checkSettings, (settings) => choicesOf(withDefaults(settings)));
}

function checkInput(settings: DpcSettings, input: Shape): void {
  const isFeatures = settings.backbone === 'none';
  const [height = 0, width = 0, channels = 0] = input;
  const [least, wanted] = isFeatures ? [1, settings.featureChannels] : [16, 3];
  if (input.length !== 3 || channels !== wanted || Math.min(height, width) < least || Math.max(height, width) > longestSide) {
    throw new EngineError(
      'bad-input',
      `dpc: the input must be [height, width, ${wanted}] with sides from ${least} to ${longestSide}, not [${input.join(', ')}].`,
      { tip: isFeatures ? "Backbone 'none' reads features, not images." : 'Published: 769x769, 1025x2049 for whole Cityscapes images.' },
    );
  }
  const { poolingCrop, outputStride } = settings;
  const [cropHeight = 0, cropWidth = 0] = poolingCrop;
  const lengthOf = (side: number): number => (isFeatures ? side : scaledLength(side, outputStride));
  if (scaledLength(cropHeight, outputStride) > lengthOf(height) || scaledLength(cropWidth, outputStride) > lengthOf(width)) {
    const message = `dpc: settings.poolingCrop is ${cropHeight}x${cropWidth}, which is larger than the input ${height}x${width}.`;
    throw new EngineError('bad-input', message, { tip: 'Leave it out to pool over the input as it is.' });
  }
}

/** DPC (Chen et al., NeurIPS 2018): a cell of atrous convolutions and pyramid pooling between backbone and logits. */
export const dpc: SearchSpace = {
  id: 'dpc',
  title: 'DPC',
  version: dpcVersion,
  defaultSettings: shortSettings(publishedSettings('mobilenet-v2')),
  choices: (settings) => choicesOf(checked(settings)),
  largest: (settings) => uniformCell(settings, { kind: 'atrous', rate: [21, 21] }, true),
  smallest: (settings) => uniformCell(settings, { kind: 'pool', grid: [1, 1] }, false),
  sample(given, rng) {
    const settings = checked(given);
    return architectureOf(drawCell(settings.branches, rng), settings);
  },
  mutate,
  canonical(arch) {
    refuseProblems('dpc', check(arch));
    const settings = withDefaults(arch.settings);
    const { choices, ...canonical } = architectureOf(canonicalCell(cellOf(arch.choices, settings)), settings);
    return { ...canonical, choices: Object.fromEntries(Object.entries(choices).sort(([a], [b]) => (a < b ? -1 : 1))) };
  },
  check,
  graph(arch: Architecture, input: Shape): ModelGraph {
    refuseProblems('dpc', check(arch));
    const settings = withDefaults(arch.settings);
    checkInput(settings, input);
    return graphDpc(cellOf(arch.choices, settings), settings, input);
  },
  countNetworks: (settings) => countCells(checked(settings).branches),
  published: publishedArchitectures,
  defaultInput(given) {
    const settings = withDefaults(given);
    const [height, width] = settings.crop;
    if (settings.backbone !== 'none') return [height, width, 3];
    return [scaledLength(height, settings.outputStride), scaledLength(width, settings.outputStride), settings.featureChannels];
  },
  importOfficial(value, tokens, settings) {
    const arch = importOfficial(value, tokens, settings);
    refuseProblems('dpc', check(arch));
    return arch;
  },
  exportOfficial(arch) {
    refuseProblems('dpc', check(arch));
    return exportOfficial(arch);
  },
};
