import { describe, expect, it } from 'vitest';
import type { EngineError } from '../../../../engine/error.ts';
import { hrNas } from '../../../../engine/spaces/hr-nas/hr-nas.ts';
import { blocks } from '../../../../engine/spaces/hr-nas/blocks.ts';
import type { Architecture } from '../../../../engine/spaces/search-space.ts';
import { searchSpaceConformance } from '../../../conformance/search-space.ts';

/** The topology of the demo preset's size: the same code with other settings. */
const small = {
  task: 'segmentation',
  classes: 19,
  blockForm: 'search',
  stem: [8, 8],
  stages: [
    [1, [1], [8]],
    [2, [1, 1], [8, 16]],
  ],
  lastChannels: 16,
  tokens: 8,
};

searchSpaceConformance('hr-nas, Cityscapes', { space: hrNas, settings: hrNas.defaultSettings, input: [64, 128, 3] });
searchSpaceConformance('hr-nas, small', { space: hrNas, settings: small, input: [32, 64, 3] });
searchSpaceConformance('hr-nas, fused classification', {
  space: hrNas,
  settings: { task: 'classification', blockForm: 'fused', activation: 'swish' },
  input: [64, 64, 3],
});

function problemsOf(settings: Record<string, unknown>): string[] {
  const arch = { space: 'hr-nas', version: 1, settings, choices: {} } as unknown as Architecture;
  return hrNas
    .check(arch)
    .filter((problem) => problem.path.startsWith('settings'))
    .map((problem) => `${problem.path} ${problem.message}`);
}

function codeOf(build: () => unknown): string {
  try {
    build();
  } catch (error) {
    return (error as EngineError).code;
  }
  return 'nothing was refused';
}

describe('settings', () => {
  it.each<[string, Record<string, unknown>, RegExp]>([
    ['an unknown key', { width: 3 }, /settings.width unknown/],
    ['an unknown task', { task: 'depth' }, /must be one of segmentation/],
    ['no classes', { classes: 0 }, /classes must be a whole number above 0, not 0/],
    ['an even kernel', { kernelSizes: [3, 4] }, /kernelSizes must be a list of different odd numbers/],
    ['a repeated kernel', { kernelSizes: [3, 3] }, /different odd numbers/],
    [
      'branches that vanish',
      {
        stages: [
          [2, [1, 1], [8, 8]],
          [1, [1], [8]],
        ],
      },
      /stage 1: the number of branches/,
    ],
    ['channels of another number than branches', { stages: [[2, [1, 1], [8]]] }, /stage 0: blocks and channels/],
    ['an expansion of exactly 1', { expandRatio: 1 }, /expandRatio must be a number above 0 .* not 1/],
    ['one ratio for three kernels', { expandRatio: [4] }, /one entry for each of the 3 kernels/],
    ['a head of another task', { headChannels: [1, 2, 3, 4] }, /headChannels belongs to classification/],
    ['a head of another width', { task: 'classification', headChannels: [36] }, /one entry for each of the 4 branches/],
    [
      'down-sampling transformers without transformers',
      { transformer: false, downsamplingTransformer: true },
      /needs settings.transformer/,
    ],
    [
      'squeeze and excitation in the search form',
      { seRatio: 0.25 },
      /seRatio has no effect on the search form .* leave it out or set it to 0.5/,
    ],
    ['dropout before no classifier', { dropout: 0.1 }, /dropout has no effect on segmentation; leave it out or set it to 0.2/],
    ['tokens without transformers', { transformer: false, tokens: 8 }, /tokens has no effect without settings.transformer/],
    ['a momentum of 2', { bnMomentum: 2 }, /bnMomentum must be a number from 0 to 1/],
    ['an epsilon of 0', { bnEpsilon: 0 }, /bnEpsilon must be a number between 0 and 1/],
  ])('%s is refused', (_, settings, message) => {
    expect(problemsOf(settings).join('; ')).toMatch(message);
  });

  it.each<[string, Record<string, unknown>]>([
    ['squeeze and excitation in the fused form', { blockForm: 'fused', seRatio: 0.25 }],
    ['dropout of a classifier', { task: 'classification', dropout: 0.1 }],
    ['published values where they have no effect', { seRatio: 0.5, dropout: 0.2, transformer: false, tokens: 64 }],
  ])('%s is accepted', (_, settings) => {
    expect(problemsOf(settings)).toEqual([]);
  });

  it('several wrong settings are reported together', () => {
    expect(problemsOf({ classes: -1, tokens: 'many', activation: 'softsign' })).toHaveLength(3);
  });

  it('what equals the published settings is left out of the canonical form', () => {
    const arch = hrNas.largest({ ...hrNas.defaultSettings, lastChannels: 90, tokens: 64, bnEpsilon: 1e-3 });
    expect(arch.settings).toEqual({ task: 'segmentation', classes: 19, blockForm: 'search' });
  });
});

describe('networks', () => {
  it('an architecture of another space or version is refused', () => {
    const arch = hrNas.largest(small);
    expect(hrNas.check({ ...arch, space: 'dpc' })[0]?.path).toBe('space');
    expect(hrNas.check({ ...arch, version: 2 })[0]?.path).toBe('version');
  });

  it.each([[[32, 64]], [[32, 64, 1]], [[4, 64, 3]], [[32, 100000, 3]]])('input %j is refused', (input) => {
    expect(codeOf(() => hrNas.graph(hrNas.largest(small), input))).toBe('bad-input');
  });

  it('odd sizes: branches are resized to the finest one; the output keeps a quarter, rounded up', () => {
    const graph = hrNas.graph(hrNas.largest(small), [35, 61, 3]);
    expect(graph.nodes.at(-1)?.shape).toEqual([9, 16, 19]);
  });

  it('a down-sampling transformer refuses odd sizes and says what to do', () => {
    const arch = hrNas.largest({ ...small, downsamplingTransformer: true });
    expect(codeOf(() => hrNas.graph(arch, [36, 64, 3]))).toBe('odd-size');
    expect(hrNas.graph(arch, [32, 64, 3]).nodes.at(-1)?.shape).toEqual([8, 16, 19]);
  });

  it('the smallest network is stem, residuals and classifier alone', () => {
    const graph = hrNas.graph(hrNas.smallest(small), [32, 64, 3]);
    const ops = new Set(graph.nodes.map((node) => node.op));
    expect(ops.has('depthwise-conv2d') || ops.has('scaled-dot-product-attention')).toBe(false);
    expect(blocks(hrNas.smallest(small)).every((block) => block.kernels.length === 0 && block.tokenGamma === undefined)).toBe(true);
  });

  it('a dead kernel leaves the official list: later kernels move up', () => {
    const arch = hrNas.largest(small);
    const block = blocks({ ...arch, choices: { ...arch.choices, 'fuse0.0.0.k5': 0 } })[0]!;
    expect(block.kernels.map(({ kernel, gamma }) => [kernel, gamma])).toEqual([
      [3, 'features.0.fuse_layers.0.0.ops.0.1.1.weight'],
      [7, 'features.0.fuse_layers.0.0.ops.1.1.1.weight'],
    ]);
  });

  it('construction order of the published topology', () => {
    const names = blocks(hrNas.largest({ task: 'classification' })).map((block) => block.name);
    expect(names).toHaveLength(67);
    expect([0, 3, 9, 12, 27, 46, 48, 59, 60, 66].map((i) => names[i])).toEqual([
      'fuse0.0.0',
      'fuse1.new1',
      'fuse2.0.1',
      'fuse2.new2',
      'fuse3.new3',
      'fuse4.2.3',
      'fuse4.3.3',
      'par4.3.3',
      'incre0',
      'down2',
    ]);
    expect(blocks(hrNas.largest({ task: 'segmentation' })).filter((block) => block.hasResidual)).toHaveLength(44);
  });
});
