import type { Architecture, PublishedArchitecture } from '../search-space.ts';
import { architectureOf } from './choices.ts';
import type { LiteBlock, LiteNetwork } from './network.ts';
import { publishedSettings, type LiteHrNetSettings } from './settings.ts';

/** Specification section 1. */
interface Variant {
  readonly name: string;
  readonly block: LiteBlock;
  readonly modules: readonly number[];
  /** Of the finest branch; doubled from branch to branch. */
  readonly width: number;
}

const variants: readonly Variant[] = [
  { name: '18', block: 'weighting', modules: [2, 4, 2], width: 40 },
  { name: '30', block: 'weighting', modules: [3, 8, 3], width: 40 },
  { name: 'naive-18', block: 'shuffle', modules: [2, 4, 2], width: 30 },
  { name: 'wider-naive-18', block: 'shuffle', modules: [2, 4, 2], width: 40 },
];

const { coco, mpii } = publishedSettings;

function networkOf({ block, modules, width }: Variant, settings: LiteHrNetSettings): LiteNetwork {
  const { stem, stemExpansion, iterativeHead, joints, finalKernel, branches, fuse } = settings;
  const stages = branches.map((count, s) => {
    const widths = Array.from({ length: count }, (_, b) => width * 2 ** b);
    return { block, modules: modules[s]!, blocks: 2, ratio: 8, widths, fuse: fuse[s]! };
  });
  return { stem, stemExpansion, stages, fuseQuirk: true, iterativeHead, joints, finalKernel };
}

function publish(variant: Variant, suffix: string, settings: LiteHrNetSettings, config: string): PublishedArchitecture {
  const arch: Architecture = architectureOf(networkOf(variant, settings), settings);
  return { name: `lite-hrnet:${variant.name}${suffix}`, arch, source: `Yu et al., CVPR 2021; HRNet/Lite-HRNet, ${config}` };
}

/** The family's published members: on COCO at the input of the paper's tables, the two Lite-HRNets also at 384x288, and all on MPII. */
export const publishedArchitectures: readonly PublishedArchitecture[] = [
  ...variants.map((variant) => publish(variant, '', coco, 'COCO 256x192')),
  ...variants.slice(0, 2).map((variant) => publish(variant, '-384x288', { ...coco, inputSize: [384, 288] }, 'COCO 384x288')),
  ...variants.map((variant) => publish(variant, '-mpii', mpii, 'MPII 256x256')),
];
