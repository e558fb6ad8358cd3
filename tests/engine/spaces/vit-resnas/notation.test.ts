import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPublished } from '../../../../engine/catalog.ts';
import { rngFor } from '../../../../engine/rng.ts';
import { formatNetworkDef, parseNetworkDef } from '../../../../engine/spaces/vit-resnas/network-def.ts';
import { vitResNas } from '../../../../engine/spaces/vit-resnas/vit-resnas.ts';
import { smallSettings } from './small-space.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'reference', 'vit-resnas');
const golden = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Record<string, unknown>;

const block = (d: number, exists: unknown = 1): unknown => [1, [d, 2, 4], [d, 20], exists];
const valid = [[4, 12], block(12), [3, 12, 16], block(16), [2, 16, 5]];

describe('network_def', () => {
  it('all forms of stem, blocks left out, several stages: read and written the same', () => {
    for (const stem of [
      [4, 12],
      [5, 12, 10],
      [0, 12],
    ]) {
      const def = [stem, block(12), block(12, 0), [3, 12, 16], block(16), [2, 16, 5]];
      expect(formatNetworkDef(parseNetworkDef(def))).toEqual(def);
    }
  });

  it('the tuple of the official scripts', () => {
    const tuple = '((4, 12), (1, (12, 2, 4), (12, 20), True), (3, 12, 16), (1, (16, 2, 4), (16, 20), 1,), (2, 16, 5))';
    expect(formatNetworkDef(parseNetworkDef(tuple))).toEqual(valid);
  });

  it.each<[string, unknown, RegExp]>([
    ['no list', { a: 1 }, /a list of stem, blocks and head was expected, \{"a":1\} came/],
    ['a broken tuple', '((4, 12)', /no tuple/],
    ['an unknown stem', [[7, 12], ...valid.slice(1)], /entry 0 is \[7,12\]; expected the stem/],
    ['a stem of type 4 with channels', [[4, 12, 24], ...valid.slice(1)], /entry 0 is/],
    ['a block of another width', valid.with(1, block(13)), /entry 1 is .*expected a block \[1, \[12, heads/],
    ['a block without heads', valid.with(1, [1, [12, 0, 4], [12, 20], 1]), /entry 1 is/],
    ['an existence of 2', valid.with(3, block(16, 2)), /entry 3 is/],
    ['a reduction from another width', valid.with(2, [3, 13, 16]), /entry 2 is .*a reduction from width 12/],
    ['a reduction that takes channels away', valid.with(2, [3, 12, 8]), /at least as many channels/],
    ['a head of another width', valid.with(4, [2, 12, 5]), /expected the head \[2, 16, classes\]/],
    ['a head in between', valid.with(2, [2, 12, 5]), /entry 2 is/],
  ])('%s is refused', (_, def, message) => {
    expect(() => parseNetworkDef(def)).toThrow(message);
  });
});

describe('architectures in the official notation', () => {
  it('the golden definitions are the published network and a sub-network of the published space', () => {
    expect(vitResNas.importOfficial(golden('tiny')['networkDef'])).toEqual(findPublished('vit-resnas:tiny'));
    const def = golden('supernet-tiny-subnet-a')['networkDef'];
    const arch = vitResNas.importOfficial(def);
    expect(arch.settings).toEqual({ space: 'tiny', classes: 1000, head: 'patches' });
    expect(vitResNas.exportOfficial(arch)).toEqual(def); // genes of blocks that are left out included
    expect(vitResNas.importOfficial(golden('supernet-tiny-subnet-a')['superNetworkDef'])).toEqual(vitResNas.largest({ space: 'tiny' }));
  });

  it('deleted blocks: the later places that may be left out are', () => {
    const { choices } = findPublished('vit-resnas:tiny');
    expect([1, 3, 5].map((b) => choices[`stage0.block${b}.exists`])).toEqual([1, 1, 0]);
    expect([1, 3, 5].map((b) => choices[`stage1.block${b}.exists`])).toEqual([1, 1, 1]);
    expect(['stage0.block4.hidden', 'stage0.block5.hidden'].map((name) => choices[name])).toEqual([704, 768]);
  });

  it('a network outside of the published spaces becomes a space of its own', () => {
    const arch = vitResNas.importOfficial([[5, 12, 10], block(12), block(12, 0), [3, 12, 16], block(16), [2, 16, 5]]);
    expect(arch.settings).toMatchObject({ stemChannels: 10, classes: 5 });
    expect(arch.settings['stages']).toEqual([
      { blocks: 2, optional: [1], widths: [12], headWidth: 4, heads: [2], hidden: [20] },
      { blocks: 1, optional: [], widths: [16], headWidth: 4, heads: [2], hidden: [20] },
    ]);
    expect(vitResNas.check(arch)).toEqual([]);
  });

  it('settings beside the list are kept, and come back with it', () => {
    const arch = vitResNas.canonical(vitResNas.sample(smallSettings, rngFor(2, 'sample', 0)));
    const file = vitResNas.exportOfficial(arch) as { network_def: unknown; settings: typeof arch.settings };
    expect(Object.keys(file)).toEqual(['network_def', 'settings']);
    expect(vitResNas.importOfficial(file.network_def, undefined, file.settings)).toEqual(arch);
    expect(vitResNas.importOfficial(valid, undefined, { head: 'distillation' }).settings).toMatchObject({
      head: 'distillation',
      classes: 5,
    });
  });

  it.each<[string, () => unknown, RegExp]>([
    ['token counts', () => vitResNas.importOfficial(valid, [1]), /token counts came/],
    ['an unknown key', () => vitResNas.importOfficial({ network_def: valid, blocks: [] }), /the object has blocks/],
    [
      'other classes beside it',
      () => vitResNas.importOfficial(valid, undefined, { classes: 6 }),
      /settings.classes is 6, the notation says 5/,
    ],
    [
      'two values of a setting',
      () => vitResNas.importOfficial({ network_def: valid, settings: { head: 'class' } }, undefined, { head: 'patches' }),
      /settings.head is "class" in the file and "patches" beside it/,
    ],
    [
      'a space that lacks it',
      () => vitResNas.importOfficial(valid, undefined, { space: 'tiny' }),
      /not in the space: it has 2 stages, the space 3/,
    ],
    [
      'a width that is no option',
      () => vitResNas.importOfficial(golden('tiny')['networkDef'], undefined, { space: 'small' }),
      /stage 0 has width 176; the options are 320, /,
    ],
    ['an unknown setting', () => vitResNas.importOfficial(valid, undefined, { width: 3 }), /settings.width unknown/],
  ])('%s is refused', (_, build, message) => {
    expect(build).toThrow(message);
  });
});
