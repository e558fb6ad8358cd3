import type { Architecture } from '../search-space.ts';
import { withDefaults, type HrNasSettings } from './settings.ts';

/** One searching block of the topology, before any choice (specification section 1.6). */
export interface BlockSite {
  /** 'fuse2.0.1', 'fuse1.new1', 'par3.1.0', 'incre0', 'down0', 'transform'. */
  readonly name: string;
  /** Prefix of its official parameter names. */
  readonly module: string;
  readonly cIn: number;
  readonly cOut: number;
  readonly stride: 1 | 2;
  /** Identity residual: stride 1 and equal channels; else a grouped 1x1 convolution. */
  readonly hasResidual: boolean;
  /** Its input lies `level` halvings below the stem's output. */
  readonly level: number;
  /** Hidden channels of each kernel in the largest network. */
  readonly maxHidden: readonly number[];
  /** Tokens in the largest network; 0 where no transformer may stand. */
  readonly maxTokens: number;
}

/** Python's round: halves go to the even number. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** All blocks in construction order: the order of every exported architecture and of token lists. */
export function blockSites(settings: HrNasSettings): BlockSite[] {
  const sites: BlockSite[] = [];
  const ratios =
    typeof settings.expandRatio === 'number' ? settings.kernelSizes.map(() => settings.expandRatio as number) : settings.expandRatio;
  const push = (name: string, module: string, cIn: number, cOut: number, stride: 1 | 2, level: number): void => {
    const hasResidual = stride === 1 && cIn === cOut;
    const maxTokens = settings.transformer && (hasResidual || settings.downsamplingTransformer) ? settings.tokens : 0;
    const maxHidden = ratios.map((ratio) => roundHalfEven(ratio * cIn));
    sites.push({ name, module, cIn, cOut, stride, hasResidual, level, maxHidden, maxTokens });
  };

  let channels: readonly number[] = [settings.stem[1]];
  settings.stages.forEach(([branches, blocks, next], stage) => {
    const fused = branches === channels.length ? branches : channels.length;
    for (let i = 0; i < fused; i++) {
      for (const j of neighbours(i, channels.length)) {
        const official = j === i ? `${i}.${j}` : `${i}.${j}.0`;
        push(`fuse${stage}.${i}.${j}`, `features.${2 * stage}.fuse_layers.${official}`, channels[j]!, next[i]!, j < i ? 2 : 1, j);
      }
    }
    for (let b = fused; b < branches; b++) {
      push(`fuse${stage}.new${b}`, `features.${2 * stage}.fuse_layers.${b}.0`, next[b - 1]!, next[b]!, 2, b - 1);
    }
    for (let b = 0; b < branches; b++) {
      for (let n = 0; n < blocks[b]!; n++) {
        push(`par${stage}.${b}.${n}`, `features.${2 * stage + 1}.branches.${b}.${n}`, next[b]!, next[b]!, 1, b);
      }
    }
    channels = next;
  });

  if (settings.task === 'classification') {
    const head = `features.${2 * settings.stages.length}`;
    const wide = settings.headChannels.length > 0 ? settings.headChannels : channels;
    if (settings.headChannels.length > 0) {
      channels.forEach((cIn, b) => push(`incre${b}`, `${head}.incre_modules.${b}`, cIn, wide[b]!, 1, b));
    }
    for (let b = 0; b + 1 < channels.length; b++) push(`down${b}`, `${head}.downsamp_modules.${b}`, wide[b]!, wide[b + 1]!, 2, b);
  } else if (!settings.plainHead) {
    push(
      'transform',
      'transform',
      channels.reduce((sum, c) => sum + c, 0),
      settings.lastChannels,
      1,
      0,
    );
  }
  return sites;
}

/** Branches that a fusion joins into branch i: only direct neighbours, in ascending order. */
export function neighbours(i: number, branches: number): number[] {
  return [i - 1, i, i + 1].filter((j) => j >= 0 && j < branches);
}

/** One kernel's path through a block that is alive. */
export interface KernelPath {
  readonly kernel: number;
  readonly hidden: number;
  /** Position in the official list of surviving kernels (`ops.N`, `depth_ops.N`). */
  readonly position: number;
  /** The weight whose absolute values are the atoms' importance: gamma of the batch norm after the depth-wise convolution. */
  readonly gamma: string;
}

/** A block with its choices made. */
export interface HrNasBlock extends BlockSite {
  /** Alive kernels only. */
  readonly kernels: readonly KernelPath[];
  readonly tokens: number;
  /** The weight whose values are the tokens' importance (gamma of `input_norm`), where there are tokens. */
  readonly tokenGamma: string | undefined;
}

/** [height, width] */
export type Size = readonly [number, number];

export function kernelChoice(block: string, kernel: number): string {
  return `${block}.k${kernel}`;
}

export function tokenChoice(block: string): string {
  return `${block}.tokens`;
}

/** The blocks of a valid architecture, in construction order, with the names of their importance factors. */
export function blocks(arch: Architecture): HrNasBlock[] {
  const settings = withDefaults(arch.settings);
  return blockSites(settings).map((site) => {
    const kernels: KernelPath[] = [];
    for (const kernel of settings.kernelSizes) {
      const hidden = arch.choices[kernelChoice(site.name, kernel)] ?? 0;
      if (hidden === 0) continue;
      const position = kernels.length;
      const list = settings.blockForm === 'search' ? 'ops' : 'depth_ops';
      kernels.push({ kernel, hidden, position, gamma: `${site.module}.${list}.${position}.1.1.weight` });
    }
    const tokens = site.maxTokens === 0 ? 0 : (arch.choices[tokenChoice(site.name)] ?? 0);
    return { ...site, kernels, tokens, tokenGamma: tokens > 0 ? `${site.module}.transformer.input_norm.weight` : undefined };
  });
}

/** Input and output [height, width] of a block when the network's input is [height, width]; every halving rounds up. */
export function blockSizes(settings: HrNasSettings, site: BlockSite, input: Size): { readonly input: Size; readonly output: Size } {
  const halve = (size: Size, times: number): Size =>
    times === 0 ? size : halve([Math.ceil(size[0] / 2), Math.ceil(size[1] / 2)], times - 1);
  const inputSize = halve(input, (settings.inputStride === 4 ? 2 : 1) + site.level);
  return { input: inputSize, output: site.stride === 2 ? halve(inputSize, 1) : inputSize };
}
