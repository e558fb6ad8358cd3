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
    ['more channels than the supernet has', () => [[24, 1, 1, [3], [97], true], ...cs2().slice(1)], undefined, /fuse0.0.0.k3 is 97; the options are 0..96/],
    ['another number of token counts', () => cs2(), [1, 2, 3], /44 transformer sites, 3 token counts/],
    ['tokens that are no numbers', () => cs2(), ['a'], /tokens must be a list of whole numbers/],
    ['settings that are wrong', () => ({ blocks: cs2(), settings: { classes: 0 } }), undefined, /settings.classes must be/],
  ])('%s is refused', (_, file, tokens, message) => {
    expect(() => hrNas.importOfficial(file(), tokens)).toThrow(message);
  });
});
