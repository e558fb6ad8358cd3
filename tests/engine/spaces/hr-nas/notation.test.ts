import { describe, expect, it } from 'vitest';
import { hrNas } from '../../../../engine/spaces/hr-nas/hr-nas.ts';
import type { Architecture } from '../../../../engine/spaces/search-space.ts';

function published(name: string): Architecture {
  return hrNas.canonical(hrNas.published.find((entry) => entry.name === `hr-nas:${name}`)!.arch);
}

type Official = { blocks: unknown[][]; tokens: number[] };

describe('official notation', () => {
  it('entries as the released code writes them', () => {
    const { blocks } = hrNas.exportOfficial(published('in')) as Official;
    // First, fifth and a dead block of the released checkpoint.json.
    expect([blocks[0], blocks[4], blocks[13]]).toEqual([
      [24, 1, 1, [3, 5, 7], [32, 12, 1], true],
      [18, 1, 1, [3, 5], [11, 4], true],
      [18, 1, 1, [], [], true],
    ]);
  });

  it('a bare list of 61 blocks is a Cityscapes network without transformers', () => {
    const { blocks } = hrNas.exportOfficial(published('cs2')) as Official;
    const arch = hrNas.importOfficial(blocks);
    expect(arch.settings).toEqual({ task: 'segmentation', classes: 19, blockForm: 'search', transformer: false });
    expect(arch.choices['transform.k3']).toBe(5);
    expect(hrNas.exportOfficial(arch)).toEqual(blocks);
  });

  it('tokens come in the same file or in one of their own; their number tells which blocks have transformers', () => {
    for (const name of ['cs2', 'cs5']) {
      const { blocks, tokens } = hrNas.exportOfficial(published(name)) as Official;
      expect(hrNas.canonical(hrNas.importOfficial({ blocks, tokens }))).toEqual(published(name));
      expect(hrNas.canonical(hrNas.importOfficial(blocks, tokens))).toEqual(published(name));
    }
  });

  it('67 blocks are a classification network, last width 180 is ADE20K', () => {
    const { blocks } = hrNas.exportOfficial(published('in')) as Official;
    expect(hrNas.importOfficial(blocks).settings['task']).toBe('classification');
    const dense = (hrNas.exportOfficial(published('cs2')) as Official).blocks;
    const ade = [...dense.slice(0, -1), [180, ...dense.at(-1)!.slice(1)]];
    expect(hrNas.importOfficial(ade).settings).toMatchObject({ lastChannels: 180, classes: 150 });
  });

  it('what the notation does not say comes beside it: the released ImageNet network is of the fused form', () => {
    const { blocks } = hrNas.exportOfficial(published('in')) as Official;
    const settings = { blockForm: 'fused', activation: 'swish', dropout: 0.28 };
    expect(hrNas.canonical(hrNas.importOfficial(blocks, undefined, settings))).toEqual(published('in'));
    expect(hrNas.canonical(hrNas.importOfficial({ blocks, settings: { blockForm: 'fused' } }, undefined, settings))).toEqual(
      published('in'),
    );
    expect(() => hrNas.importOfficial({ blocks, settings: { blockForm: 'search' } }, undefined, settings)).toThrow(
      /settings.blockForm is "search" in the file and "fused" beside it/,
    );
    expect(() => hrNas.importOfficial(blocks, undefined, { depth: 3 })).toThrow(/settings.depth unknown/);
  });

  const cs2 = (): unknown[][] => structuredClone((hrNas.exportOfficial(published('cs2')) as Official).blocks);
  it.each<[string, () => unknown, unknown, RegExp]>([
    ['a text', () => 'cs2', undefined, /a list or an object was expected/],
    ['an object without blocks', () => ({ tokens: [] }), undefined, /list of blocks is missing/],
    ['too few blocks', () => cs2().slice(1), undefined, /has 61 blocks, 60 came/],
    ['a block of another width', () => [[23, 1, 1, [3], [1], true], ...cs2().slice(1)], undefined, /fuse0.0.0 has 24 output channels/],
    ['a kernel that does not exist', () => [[24, 1, 1, [9], [1], true], ...cs2().slice(1)], undefined, /kernel of 9/],
    ['lists of two lengths', () => [[24, 1, 1, [3, 5], [1], true], ...cs2().slice(1)], undefined, /block 0 is/],
    ['a block without expansion', () => [[24, 1, 1, [3], [1], false], ...cs2().slice(1)], undefined, /only 1 and true occur/],
    ['negative channels', () => [[24, 1, 1, [3], [-1], true], ...cs2().slice(1)], undefined, /block 0 is/],
    [
      'more channels than the supernet has',
      () => [[24, 1, 1, [3], [97], true], ...cs2().slice(1)],
      undefined,
      /fuse0.0.0.k3 is 97; the options are 0..96/,
    ],
    ['another number of token counts', () => cs2(), [1, 2, 3], /44 transformer sites, 3 token counts/],
    ['tokens that are no numbers', () => cs2(), ['a'], /tokens must be a list of whole numbers/],
    [
      'a kernel that is named twice',
      () => [[24, 1, 1, [3, 3], [1, 2], true], ...cs2().slice(1)],
      undefined,
      /block 0 names a kernel twice: 3, 3/,
    ],
    ['a block with a seventh entry', () => [[24, 1, 1, [3], [1], true, 0], ...cs2().slice(1)], undefined, /block 0 is/],
    ['settings that are a text', () => ({ blocks: cs2(), settings: 'x' }), undefined, /settings must be an object, "x" came/],
    ['settings that are null', () => ({ blocks: cs2(), settings: null }), undefined, /settings must be an object, null came/],
    ['an unknown key', () => ({ blocks: cs2(), token: [1] }), undefined, /the object has token; known are blocks/],
    ['blocks under both names', () => ({ blocks: cs2(), inverted_residual_setting: cs2() }), undefined, /one of them was expected/],
    ['token counts in the file and beside it', () => ({ blocks: cs2(), tokens: [] }), [], /in the file and beside it/],
    ['transformers without token counts', () => ({ blocks: cs2(), settings: { transformer: true } }), undefined, /no token counts came/],
    ['settings that are wrong', () => ({ blocks: cs2(), settings: { classes: 0 } }), undefined, /settings.classes must be/],
  ])('%s is refused', (_, file, tokens, message) => {
    expect(() => hrNas.importOfficial(file(), tokens)).toThrow(message);
  });
});
